"""What a build over an atlas would remove from it, because its settings are others."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clioscope.files.folders import is_atlas, manifest_of

if TYPE_CHECKING:
    from clioscope.facets.facet import Facet
    from clioscope.settings import Settings

_TRANSCRIPTS = "transcripts.parquet"
_FIGURES = ("measures.*", "report-card*")


def losses(out: Path, settings: Settings, facets: Sequence[Facet]) -> list[str]:
    """What the atlas in ``out`` holds and a build with these (resolved) settings and facets would not put there again,
    each in words; empty where there is no atlas, or nothing is lost.

    What another build makes otherwise (groups, names of another model) is no loss. Nor are the figures of ``measure``
    by themselves, which tell of the atlas as it was; they are named where something else is lost.
    """
    if not is_atlas(out):
        return []
    manifest = manifest_of(out)
    was: dict[str, Any] = manifest.get("settings", {})
    lost = []
    if (out / _TRANSCRIPTS).exists() and not settings.input.keep_transcripts:
        lost.append("the kept transcripts (--keep-transcripts keeps them)")
    fields = [name for name in was.get("input", {}).get("metadata", ()) if name not in settings.input.metadata]
    if fields:
        lost.append(f"the metadata field{'s' * (len(fields) > 1)} {', '.join(fields)} (--metadata keeps it)")
    own = {facet.name for facet in facets}
    gone = [facet["name"] for facet in manifest.get("facets", ()) if facet["name"] not in own]
    if gone:
        lost.append(f"the facet{'s' * (len(gone) > 1)} {', '.join(gone)}")
    model = was.get("model", {}).get("name")
    if model is not None and settings.model.name is None:
        lost.append(f"the facets and names that {model} wrote (its answers are kept: a later build asks nothing again)")
    if lost and any(next(out.glob(pattern), None) for pattern in _FIGURES):
        lost.append("its figures and report card (clioscope measure makes them anew)")
    return lost
