"""The tree of an updated atlas: its levels with the groups that were added, their ids, and the tables of names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.hierarchy.tree import Level, group_ids, memberships, stands
from clioscope.naming.candidates import Label

if TYPE_CHECKING:
    import polars as pl


class Grown(NamedTuple):
    """``levels`` above the base and the ``named`` labels of every level, base first; ``ids`` of every group;
    ``fresh``: ids of groups that an older tree had not."""

    levels: list[Level]
    named: list[list[Label]]
    ids: list[list[str]]
    fresh: set[str]


def grown(
    levels: Sequence[Level],
    named: Sequence[Sequence[Label]],
    tree: pl.DataFrame,
    base: Sequence[str],
    labels: Sequence[Label | None],
    ids: Sequence[str],
    part_of: dict[int, int],
    conversations: Sequence[str],
    member: NDArray[np.integer],
) -> Grown:
    """The levels with more base groups.

    ``base`` (k) are the ids of the base groups that were there; ``labels`` and ``ids`` (k + a) those of all base
    groups now; a label of None stays. ``part_of`` says of an added group which one it was split from: it has the same
    parent. Any other stands alone at the top. ``member`` (n,) are the base groups of the ``conversations``.
    """
    from clioscope.naming.candidates import Label

    added = range(len(base), len(ids))
    known = upper_ids(levels, named, tree, base)
    more: list[Level] = []
    names = [[label or Label("", "") for label in labels]]
    for group, old in enumerate(named[0]):
        if labels[group] is None:
            names[0][group] = old
    above = list(added)
    for number, level in enumerate(levels):
        parents = level.parent_of.tolist()
        own = list(named[number + 1])
        places = []
        for group in above:
            if number == 0 and group in part_of:
                parents.append(parents[part_of[group]])
                continue
            places.append(len(own))
            parents.append(len(own))
            own.append(names[number][group])
        more.append(Level(np.array(parents, dtype=np.int32)))
        names.append(own)
        above = places
    members = memberships(np.asarray(member), more)
    all_ids, fresh = [list(ids)], {one for one in ids if one not in set(base)}
    for number in range(1, len(names)):
        standing = stands(more, number, [label.code is not None for label in names[number]])
        made = None
        found = []
        for index, here in enumerate(standing):
            if (number, index) in known:
                found.append(known[number, index])
                continue
            if made is None:
                made = group_ids(conversations, members[number], number)
            found.append(made[index])
            if here:
                fresh.add(made[index])
        all_ids.append(found)
    return Grown(more, names, all_ids, fresh)


def upper_ids(
    levels: Sequence[Level], named: Sequence[Sequence[Label]], tree: pl.DataFrame, base: Sequence[str]
) -> dict[tuple[int, int], str]:
    """The ids of the groups above the base that the tree has, by level and number."""
    parents = dict(tree.select("group", "parent").iter_rows())
    level_of = dict(tree.select("group", "level").iter_rows())
    chains: list[dict[int, str]] = []
    for group in base:
        chain: dict[int, str] = {}
        above = parents.get(group)
        while above is not None:
            chain[level_of[above]] = above
            above = parents.get(above)
        chains.append(chain)
    at: NDArray[np.integer] = np.arange(len(base))
    found: dict[tuple[int, int], str] = {}
    for number, level in enumerate(levels, start=1):
        at = level.parent_of[at]
        for own, index in zip(chains, at.tolist(), strict=True):
            if number in own:
                found[number, index] = own[number]
    return found
