"""The manifest of a published copy: what of the source's may be told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from clioscope.atlas.people import Known
from clioscope.atlas.segments import has_segments
from clioscope.settings import PrivacySettings

if TYPE_CHECKING:
    from clioscope.atlas import Atlas

CLOSED = ("score", "category", "language")  # types of facets whose values are no free text
# Other settings may name files or servers or hold the user's own words, so they are not published.
_PUBLIC_SECTIONS = ("embedding", "clustering", "naming", "hierarchy", "privacy", "layout")


def public_manifest(
    atlas: Atlas,
    settings: PrivacySettings,
    known: Known,
    tree: pl.DataFrame,
    published: pl.DataFrame,
    analysed: int,
    withheld: int,
) -> dict[str, Any]:
    """The manifest of a copy of ``atlas`` that shows the groups ``published`` of ``tree``.

    ``analysed``: how many conversations the copy counts, and ``withheld``: how many of them in no group; both are
    rounded already. The other counts of conversations are multiples of ``min_conversations``, so that their differences
    from what is counted tell of no few.
    """
    source = atlas.manifest
    step = max(settings.rounding, settings.min_conversations)
    counts = {
        name: (source["counts"][name] + step // 2) // step * step
        for name in ("records", "rejected", "conversations")
        if name in source["counts"]
    }
    if "conversations" in counts:  # distinct ones, of those that are counted
        counts["conversations"] = min(counts["conversations"], analysed)
    shown = set(published["group"])
    small = tree.filter(tree["small"].is_not_null() & ~tree["group"].is_in(list(shown)))
    return _edited(atlas, published) | {
        "format": source["format"],
        "version": source["version"],
        "clioscope": source["clioscope"],
        "published": True,
        "users": known,  # of the conversations, all have a user id, or some, or none
        "each_a_user": settings.each_a_user and known != "all",
        "main_segments": has_segments(atlas),  # each conversation counts in the group of its longest one
        "models": {role: _public_name(name) for role, name in source["models"].items()},
        "prompts": source["prompts"],
        "facets": [facet for facet in source["facets"] if facet["type"] in CLOSED],
        "settings": {name: _public(source["settings"][name]) for name in _PUBLIC_SECTIONS}
        | {"privacy": settings.model_dump(mode="json")},
        "counts": counts
        | {
            "analysed": analysed,
            "withheld_conversations": withheld,
            "groups": published.height,
            "withheld": tree.height - published.height,
            "hidden": source["counts"].get("hidden_groups", 0),
            "withheld_small": small.height,
            "withheld_audit": tree.height - published.height - small.height,
        },
    }


def _edited(atlas: Atlas, published: pl.DataFrame) -> dict[str, Any]:
    """What the manifest says of edits: how many there are, and which names the analyst vouches for."""
    edited = atlas.manifest.get("edited")
    if edited is None:
        return {}
    vouched = published.filter(pl.col("action") == "vouched").select("group", "name").rows(named=True)
    return {"edited": {"operations": edited["operations"], "vouched": vouched}}


def _public(section: dict[str, Any]) -> dict[str, Any]:
    """A section of the settings with the public name of its model, where it names one."""
    return section | {"model": _public_name(section["model"])} if "model" in section else section


def _public_name(model: str | None) -> str | None:
    """The name of a model without the address of its server or the folder it lies in."""
    if model is None:
        return None
    if model.startswith(("http://", "https://")):
        return model.partition(" ")[2].strip() or "a server"
    if model.startswith((".", "/", "~")) or ".gguf" in model:
        return model.rpartition("/")[2]
    return model
