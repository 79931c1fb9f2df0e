"""The tree of an updated atlas: its levels, which groups above the base are the same, and which need a name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.hierarchy.tree import Level, group_ids, memberships, stands
from clioscope.lineage.matching import MOVED, SAME
from clioscope.pipeline.updating.chains import Bases, Chains, Shape, kept_shape

if TYPE_CHECKING:
    import polars as pl

    from clioscope.naming.candidates import Label
    from clioscope.pipeline.updating.structure import Structure
    from clioscope.settings import Category


class Tree(NamedTuple):
    """A tree before an update: ``levels`` above the base, the ``named`` labels of every level, base first, the ids of
    the ``base`` groups (k0), and the ``table`` of the tree."""

    levels: list[Level]
    named: list[list[Label]]
    base: list[str]
    table: pl.DataFrame


def grown(
    before: Tree,
    found: Structure | None,
    centroids: NDArray[np.float32],
    old: NDArray[np.int64],
    categories: Sequence[Category],
) -> Shape:
    """The shape of the tree after the groups changed as ``found`` says; None: they did not.

    ``centroids`` (k0, d) are those of the base groups before, ``old`` (k,) says how many conversations of the atlas
    each base group of now holds.
    """
    if found is None or not before.levels:
        return kept_shape(before.levels, before.named)
    mixed = [found.was[label] >= 0 and before.named[0][found.was[label]].mixed for label in range(len(found.was))]
    if found.none is not None:
        mixed[found.none] = True
    bases = Bases(found.was, found.centroids, old, found.codes, np.array(mixed, bool))
    alone = [] if found.none is None or found.was[found.none] >= 0 else [found.none]
    moving = [*found.placed, *found.part_of, *alone]
    chains = Chains(before.levels, before.named, centroids, bases, moving, categories)
    for part, whole in found.part_of.items():
        chains.place(part, whole[0])
    for label in found.placed:
        chains.place(label)
    for label in alone:
        chains.stand_alone(label)
    chains.split_parents()
    return chains.shape()


def moved(shape: Shape, before: Tree, flows: NDArray[np.int64]) -> list[list[bool]]:
    """Whether each group above the base (per level) is new or has lost its old name by its members.

    ``flows`` (k0, k) counts the conversations of the atlas by their base groups before and now. A group keeps its name
    if its conversations that were there overlap with those that it had by at least .8.
    """
    return [[overlap < MOVED for overlap in own] for own in _overlaps(shape, before, flows)]


def ids_of(
    shape: Shape,
    before: Tree,
    base: Sequence[str],
    conversations: Sequence[str],
    labels: NDArray[np.integer],
    flows: NDArray[np.int64],
) -> list[list[str]]:
    """The ids of the groups of every level, base first.

    ``base`` (k) are those of the base groups, ``labels`` (n,) the base groups of the ``conversations`` (n). A group
    that stood in the tree before keeps its id if it overlaps with itself by at least a third; a new one gets a hash of
    its members, as in a build.
    """
    known = upper_ids(before)
    members = memberships(labels, shape.levels)
    overlaps = _overlaps(shape, before, flows)
    taken = set(before.table["group"]) | set(base)
    ids = [list(base)]
    for number, level in enumerate(shape.levels, start=1):
        count = int(level.parent_of.max()) + 1
        standing = stands(shape.levels, number, [code is not None for code in shape.codes[number - 1]])
        own = [f"{number}/{index}" for index in range(count)]  # of groups that are left out of the tree
        for index in range(count):
            was = shape.was[number - 1][index]
            if standing[index] and was is not None and overlaps[number - 1][index] >= SAME and (number, was) in known:
                own[index] = known[number, was]
        fresh = [index for index in range(count) if standing[index] and own[index] == f"{number}/{index}"]
        for index, group in zip(fresh, added_ids(conversations, members[number], fresh, number, taken), strict=True):
            own[index] = group
            taken.add(group)
        ids.append(own)
    return ids


def added_ids(
    conversations: Sequence[str], labels: NDArray[np.integer], added: Sequence[int], level: int, taken: set[str]
) -> list[str]:
    """The ids of the groups ``added`` to a level: hashes of their members, as in a build, but none of those ``taken``.

    ``labels`` (n,) are the groups of the ``conversations`` (n). Only members of added groups are looked at.
    """
    from hashlib import blake2b

    inside = np.flatnonzero(np.isin(labels, list(added)))
    if not len(inside):
        return []
    place = {label: number for number, label in enumerate(added)}
    own = np.array([place[label] for label in labels[inside].tolist()])
    found = []
    for group in group_ids([conversations[row] for row in inside.tolist()], own, level):
        while group in taken:
            group = f"g{blake2b(group.encode(), digest_size=6).hexdigest()}"
        found.append(group)
    return found


def flows_of(before: NDArray[np.integer], now: NDArray[np.integer], count: int, number: int) -> NDArray[np.int64]:
    """How many conversations (count, number) went from each base group before to each of now."""
    pairs = np.asarray(before, np.int64) * number + now
    return np.bincount(pairs, minlength=count * number).reshape(count, number)


def _overlaps(shape: Shape, before: Tree, flows: NDArray[np.int64]) -> list[list[float]]:
    """The Jaccard index of each group above the base with the group that it was, over conversations that were there."""
    then = memberships(np.arange(len(flows)), before.levels)[1:]
    now = memberships(np.arange(flows.shape[1]), shape.levels)[1:]
    found = []
    for level, was in enumerate(shape.was):
        own = []
        for index, old in enumerate(was):
            if old is None:
                own.append(0.0)
                continue
            inside, earlier = now[level] == index, then[level] == old
            common = int(flows[np.ix_(earlier, inside)].sum())
            either = int(flows[earlier].sum()) + int(flows[:, inside].sum()) - common
            own.append(common / max(either, 1))
        found.append(own)
    return found


def upper_ids(before: Tree) -> dict[tuple[int, int], str]:
    """The ids of the groups above the base that the tree has, by level and number."""
    parents = dict(before.table.select("group", "parent").iter_rows())
    level_of = dict(before.table.select("group", "level").iter_rows())
    chains: list[dict[int, str]] = []
    for group in before.base:
        chain: dict[int, str] = {}
        above = parents.get(group)
        while above is not None:
            chain[level_of[above]] = above
            above = parents.get(above)
        chains.append(chain)
    at: NDArray[np.integer] = np.arange(len(before.base))
    found: dict[tuple[int, int], str] = {}
    for number, level in enumerate(before.levels, start=1):
        at = level.parent_of[at]
        for own, index in zip(chains, at.tolist(), strict=True):
            if number in own:
                found[number, index] = own[number]
    return found
