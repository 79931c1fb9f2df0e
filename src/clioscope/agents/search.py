"""Groups that a question is about: by meaning where the atlas has vectors, else by the words of their names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clioscope.agents.answers import brief
from clioscope.atlas.shown import groups_table
from clioscope.errors import ModelError

if TYPE_CHECKING:
    from clioscope.atlas import Atlas
    from clioscope.explorer.meaning import Meaning


def search_groups(atlas: Atlas, question: str, most: int = 10, meaning: Meaning | None = None) -> dict[str, Any]:
    """The groups nearest to a question, the nearest first, each with its likeness (a cosine) where it has one.

    Groups whose name or description holds the words come first. ``meaning``: the search of an atlas with vectors; where
    its encoder cannot be had, words decide alone, and ``by`` says so.
    """
    rows = {row["group"]: row for row in groups_table(atlas).iter_rows(named=True)}
    words = question.casefold().split()
    texts = {group: f"{row['name']} {row['description'] or ''}".casefold() for group, row in rows.items()}
    held = [group for group, text in texts.items() if words and all(word in text for word in words)]
    some = [group for group, text in texts.items() if group not in held and any(word in text for word in words)]
    likeness: dict[str, float] = {}
    by = "words"
    if meaning is not None:
        try:
            places = meaning.search(question, groups=len(rows), rows=1).groups
        except ModelError:
            places = []
        ids = atlas.tree["group"].to_list()
        likeness = {ids[place]: cosine for place, cosine in places}
        by = "meaning" if likeness else by
    near = sorted((group for group in likeness if group not in held), key=lambda one: -likeness[one])
    found = list(dict.fromkeys([*held, *(near or some)]))[: max(1, most)]
    return {"by": by, "groups": [brief(rows[one]) | _like(likeness, one) for one in found]}


def _like(likeness: dict[str, float], group: str) -> dict[str, float]:
    return {"likeness": likeness[group]} if group in likeness else {}
