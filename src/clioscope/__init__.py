"""Clioscope: see what thousands of conversations are about, without reading them.

>>> import clioscope
>>> atlas = clioscope.build("chats.jsonl", "atlas/")        # doctest: +SKIP
>>> atlas.tree, atlas.facets, atlas.clusters                 # polars frames  # doctest: +SKIP
>>> atlas.assign("new.jsonl").table                          # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clioscope.version import __version__

if TYPE_CHECKING:
    from clioscope import interchange, measure
    from clioscope.analysis.coverage import Coverage, coverage
    from clioscope.analysis.explain_change import ExplainedChange, explain_change
    from clioscope.analysis.surprises import surprises
    from clioscope.atlas import Atlas
    from clioscope.atlas import open_atlas as open
    from clioscope.atlas.assigned import Assigned
    from clioscope.atlas.flat import table
    from clioscope.attack.redteam import Redteam, redteam
    from clioscope.codebook.read import read_codebook
    from clioscope.comparison.compare import Comparison, compare
    from clioscope.conversations import Conversation, Message
    from clioscope.edits.editor import Editor, edit
    from clioscope.errors import AtlasError, ClioscopeError, InputError, ModelError, SettingsError
    from clioscope.facets.facet import Facet
    from clioscope.facets.known import facet
    from clioscope.lineage.changes import changes
    from clioscope.notebook.build import build
    from clioscope.notebook.explore import explore
    from clioscope.notebook.plot import plot
    from clioscope.notebook.show import Shown, show
    from clioscope.notebook.widget import Explorer
    from clioscope.pipeline.assign import assign
    from clioscope.pipeline.forgetting.forget import Forgotten, forget
    from clioscope.pipeline.inspection import Inspection, inspect
    from clioscope.pipeline.trial import Trial, try_facets
    from clioscope.pipeline.update import update
    from clioscope.privacy.guarantee.release import publish_with_guarantee
    from clioscope.privacy.guarantee.wanted import Guarantee
    from clioscope.privacy.publish import publish
    from clioscope.settings import Settings, load_settings

__all__ = [
    "Assigned",
    "Atlas",
    "AtlasError",
    "ClioscopeError",
    "Comparison",
    "Conversation",
    "Coverage",
    "Editor",
    "ExplainedChange",
    "Explorer",
    "Facet",
    "Forgotten",
    "Guarantee",
    "InputError",
    "Inspection",
    "Message",
    "ModelError",
    "Redteam",
    "Settings",
    "SettingsError",
    "Shown",
    "Trial",
    "__version__",
    "assign",
    "build",
    "changes",
    "compare",
    "coverage",
    "edit",
    "explain_change",
    "explore",
    "facet",
    "forget",
    "inspect",
    "interchange",
    "load_settings",
    "measure",
    "open",
    "plot",
    "publish",
    "publish_with_guarantee",
    "read_codebook",
    "redteam",
    "show",
    "surprises",
    "table",
    "try_facets",
    "update",
]

# Where each public name lives: imported on first use, so that `import clioscope` costs next to nothing.
_HOMES = {
    "Assigned": "atlas.assigned",
    "Atlas": "atlas",
    "AtlasError": "errors",
    "ClioscopeError": "errors",
    "Comparison": "comparison.compare",
    "Conversation": "conversations",
    "Editor": "edits.editor",
    "Coverage": "analysis.coverage",
    "ExplainedChange": "analysis.explain_change",
    "Facet": "facets.facet",
    "Guarantee": "privacy.guarantee.wanted",
    "Forgotten": "pipeline.forgetting.forget",
    "InputError": "errors",
    "Inspection": "pipeline.inspection",
    "Message": "conversations",
    "ModelError": "errors",
    "Settings": "settings",
    "SettingsError": "errors",
    "Trial": "pipeline.trial",
    "assign": "pipeline.assign",
    "build": "notebook.build",
    "edit": "edits.editor",
    "compare": "comparison.compare",
    "coverage": "analysis.coverage",
    "explain_change": "analysis.explain_change",
    "Explorer": "notebook.widget",
    "explore": "notebook.explore",
    "plot": "notebook.plot",
    "Shown": "notebook.show",
    "show": "notebook.show",
    "table": "atlas.flat",
    "changes": "lineage.changes",
    "facet": "facets.known",
    "forget": "pipeline.forgetting.forget",
    "inspect": "pipeline.inspection",
    "interchange": "interchange",
    "load_settings": "settings",
    "measure": "measure",
    "open": "atlas",
    "publish": "privacy.publish",
    "publish_with_guarantee": "privacy.guarantee.release",
    "Redteam": "attack.redteam",
    "redteam": "attack.redteam",
    "try_facets": "pipeline.trial",
    "update": "pipeline.update",
    "surprises": "analysis.surprises",
    "read_codebook": "codebook.read",
}


def __dir__() -> list[str]:
    return sorted(__all__)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'clioscope' has no attribute {name!r}")
    from importlib import import_module

    module = import_module(f"clioscope.{_HOMES[name]}")
    if name in ("interchange", "measure"):  # packages; measure can be called
        return module
    return getattr(module, "open_atlas" if name == "open" else name)
