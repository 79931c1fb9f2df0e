"""What a shell offers when somebody presses Tab: names of methods, models, facets and settings.

Each function gets what was typed so far, and returns the names that begin with it. Nothing is fetched or asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def methods(typed: str) -> list[str]:
    """Clustering methods."""
    from clioscope.clustering import clusterers

    return _beginning(typed, clusterers.names())


def builders(typed: str) -> list[str]:
    """Ways to build the tree."""
    from typing import get_args

    from clioscope.settings import HierarchySettings

    return _beginning(typed, get_args(HierarchySettings.model_fields["builder"].annotation))


def models(typed: str) -> list[str]:
    """Language models of the catalogue and of plug-ins, and the word for none."""
    from clioscope.models.catalogue import entries

    return _beginning(typed, ["none", *(entry.name for entry in entries() if entry.kind == "chat")])


def encoders(typed: str) -> list[str]:
    """Sentence encoders of the catalogue and of plug-ins."""
    from clioscope.embedding.registry import embedders
    from clioscope.models.catalogue import entries

    return _beginning(typed, [*embedders.names(), *(entry.name for entry in entries() if entry.kind == "encoder")])


def assets(typed: str) -> list[str]:
    """All that the catalogue can download."""
    from clioscope.models.catalogue import entries

    return _beginning(typed, [entry.name for entry in entries() if entry.fetchable])


def formats(typed: str) -> list[str]:
    """Input formats."""
    from clioscope.conversations.formats import formats as known

    return _beginning(typed, known.names())


def codebooks(typed: str) -> list[str]:
    """Codebooks that come with Clioscope."""
    from clioscope.codebook.shipped import shipped

    return _beginning(typed, shipped())


def settings(typed: str) -> list[str]:
    """Settings by their dotted names, and for the few whose values are names, these: ``facets.use=["request"]``."""
    from clioscope.pipeline.settings_list import setting_rows

    name, sign, value = typed.partition("=")
    if not sign:
        return _beginning(typed, [f"{row.name}=" for row in setting_rows()])
    return [f"{name}={one}" for one in _values(name, value)]


def _values(name: str, typed: str) -> Sequence[str]:
    if name in ("facets.use", "facets.embed", "naming.show"):
        # The last name of a list is completed, and the list closed: ["request","fi -> ["request","field"]
        head, quote, last = typed.rpartition('"')
        begun = f'{head}"' if quote and not head.endswith('"') else '["'
        return [f'{begun}{facet}"]' for facet in facets(last if quote else "")]
    named = {
        "clustering.method": methods,
        "hierarchy.builder": builders,
        "model.name": models,
        "naming.model": models,
        "embedding.model": encoders,
        "input.format": formats,
        "layout.method": _projectors,
    }
    return named[name](typed) if name in named else []


def facets(typed: str) -> list[str]:
    """Facets that come with Clioscope, and those of plug-ins."""
    from clioscope.facets.known import facets as known

    return _beginning(typed, known.names())


def _projectors(typed: str) -> list[str]:
    from clioscope.layout import projectors

    return _beginning(typed, projectors.names())


def _beginning(typed: str, names: Iterable[str]) -> list[str]:
    return sorted({name for name in names if name.startswith(typed)})
