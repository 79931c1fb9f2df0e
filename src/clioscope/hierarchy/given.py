"""A tree whose top levels are given categories: the groups below each are grown by themselves.

``place`` (k,) says where each base group stands: the number of its category, or ``NOWHERE``. What fits no category
is grown like a tree of its own, and its top groups stand beside the categories.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from clioscope.hierarchy.tree import Level, category_id
from clioscope.naming.candidates import Label

if TYPE_CHECKING:
    import polars as pl

    from clioscope.settings import Category

NOWHERE = -1


def group_places(
    labels: NDArray[np.integer[Any]], codes: Sequence[str | None], categories: Sequence[Category]
) -> NDArray[np.int32]:
    """The place (k,) of each base group: all its conversations have one category, or none.

    ``labels`` (n,) are the base groups of the conversations, ``codes`` (n) their categories.
    """
    numbers = {one.code: at for at, one in enumerate(categories)}
    place = np.full(int(labels.max()) + 1, NOWHERE, dtype=np.int32)
    place[labels] = [NOWHERE if code is None else numbers[code] for code in codes]
    return place


def joined_cuts(
    parts: Sequence[tuple[NDArray[np.integer[Any]], Sequence[NDArray[np.int32]]]], base: int
) -> list[NDArray[np.int32]]:
    """Cuts of several parts as cuts of the whole, from the base up; a part with fewer levels repeats its top.

    A part is the base groups that it holds, and its own cuts: for each level above the base, the parent of each group
    of the level below. ``base`` is the number of base groups.
    """
    current = np.empty(base, dtype=np.int32)  # the group of each base group at the level that was made last
    for rows, _ in parts:
        current[rows] = np.arange(len(rows), dtype=np.int32)
    inside = current.copy()  # the same, numbered within its part
    joined: list[NDArray[np.int32]] = []
    below = np.arange(base, dtype=np.int32)
    for level in range(max((len(cuts) for _, cuts in parts), default=0)):
        offset = 0
        whole = np.empty(base, dtype=np.int32)
        for rows, cuts in parts:
            if level < len(cuts):
                inside[rows] = cuts[level][inside[rows]]
            whole[rows] = inside[rows] + offset
            offset += int(inside[rows].max()) + 1
        parents = np.empty(int(below.max()) + 1, dtype=np.int32)
        parents[below] = whole
        joined.append(parents)
        below = whole
    return joined


def category_levels(
    top: Sequence[Label], place: NDArray[np.integer[Any]], categories: Sequence[Category]
) -> tuple[list[Level], list[list[Label]]]:
    """The levels of given categories above the groups ``top`` (m), and their labels; the innermost categories first.

    ``place`` (m,): the category of each group, or ``NOWHERE``. A group outside a category of some depth stands for
    itself there. Empty categories are not there: see ``with_empty``.
    """
    ways = [_way(number, categories) for number in range(len(categories))]
    levels: list[Level] = []
    named: list[list[Label]] = []
    below: list[tuple[Any, Label, list[int]]] = [
        (("group", index), label, ways[number] if number != NOWHERE else [])
        for index, (label, number) in enumerate(zip(top, place.tolist(), strict=True))
    ]
    for depth in range(max(map(len, ways), default=0), 0, -1):
        above: dict[Any, tuple[Any, Label, list[int]]] = {}
        parents = []
        for key, label, way in below:
            own = (key, label, way)
            if len(way) >= depth:
                own = (way[depth - 1], _label(categories[way[depth - 1]]), way)
            above.setdefault(own[0], own)
            parents.append(list(above).index(own[0]))
        levels.append(Level(np.array(parents, dtype=np.int32)))
        below = list(above.values())
        named.append([label for _, label, _ in below])
    return levels, named


def with_empty(tree: pl.DataFrame, categories: Sequence[Category]) -> pl.DataFrame:
    """The table of a tree with a row for each category that holds nothing, after the others of its level."""
    import polars as pl

    there = set(tree["code"].drop_nulls())
    top = int(tree["level"].max() or 0)  # type: ignore[arg-type]
    rows = [
        {
            "group": category_id(one.code),
            "level": top - len(_way(number, categories)) + 1,
            "parent": None if one.parent is None else category_id(one.parent),
            **_label(one)._asdict(),
            "none": False,
            **dict.fromkeys(("conversations", "count", "users", "anonymous"), 0),
        }
        for number, one in enumerate(categories)
        if one.code not in there
    ]
    if not rows:
        return tree
    empty = pl.DataFrame(rows, schema=tree.schema)
    return pl.concat([tree, empty]).sort(
        ["level", "count", "group"], descending=[True, True, False], maintain_order=True
    )


def _label(category: Category) -> Label:
    return Label(category.name, category.description, code=category.code)


def _way(number: int, categories: Sequence[Category]) -> list[int]:
    """The numbers of the categories from the top down to one, itself the last."""
    numbers = {one.code: at for at, one in enumerate(categories)}
    way, above = [number], categories[number].parent
    while above is not None:
        way.insert(0, numbers[above])
        above = categories[numbers[above]].parent
    return way
