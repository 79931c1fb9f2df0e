"""Grow the tree: levels above the base groups, each named from what it holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from clioscope.hierarchy.clio import propose_parents
from clioscope.hierarchy.given import NOWHERE, category_levels, joined_cuts
from clioscope.hierarchy.levels import level_sizes
from clioscope.hierarchy.linkage import linkage_levels
from clioscope.hierarchy.mixed import mixed_groups
from clioscope.hierarchy.regroup import merge_repeats, split_parents
from clioscope.hierarchy.tree import Level
from clioscope.naming.candidates import Label
from clioscope.naming.mixed import mixed_labels
from clioscope.naming.parents import name_parents
from clioscope.vectors.centroids import centroids_of

if TYPE_CHECKING:
    from clioscope.naming.context import NamingContext
    from clioscope.settings import Category, HierarchySettings


Kept = Callable[[int, "NDArray[np.integer]"], Mapping[int, Label]]


def grow_tree(
    context: NamingContext,
    base: Sequence[Label],
    labels: NDArray[np.integer],
    centroids: NDArray[np.float32],
    settings: HierarchySettings,
    seed: int = 0,
    kept: Kept | None = None,
    none: bool = False,
    *,
    categories: Sequence[Category] = (),
    place: NDArray[np.integer] | None = None,
) -> tuple[list[Level], list[list[Label]]]:
    """Levels above the base, and the labels of every level, base first.

    ``base`` (k) are the labels of the base groups, ``labels`` (n,) the base group of each conversation,
    ``centroids`` (k, d) the unit centroids of the base groups. ``builder="linkage"`` cuts a linkage of the base
    groups. ``"clio"`` lets the model propose, deduplicate and assign level by level (without a model, or where it
    makes a level no smaller, the vectors decide). Either way every group has exactly one parent and every level is
    smaller than the one below it. Base groups that are mixed get a label that says so. Names may be near-duplicates
    still: see ``naming.distinct``. ``kept`` gets a level and the groups (n,) of all conversations there, and gives the
    labels of those that keep an earlier one; no question is asked about them.

    ``none``: the last base group gathers what fits no other group. It keeps its label, and stands alone at every level.
    With given ``categories``, ``place`` (k,) is the number of the category that each base group stands in, -1 for none.
    The categories are the top levels. The builder decides what lies between them and the base groups, and what stands
    beside them. Both at once are not possible.
    """
    mixed = mixed_groups(context.vectors, labels, len(base))
    mixed[len(base) - none :] = False
    base = mixed_labels(context, base, mixed.tolist(), labels)
    for group, label in (kept(0, labels) if kept is not None else {}).items():
        if mixed[group] and label.mixed:
            base[group] = label._replace(phrases=base[group].phrases)
    if none:
        base[-1] = base[-1]._replace(mixed=True)
    if settings.builder == "clio" and context.ask is not None:
        levels, named = _asked_levels(context, base, labels, settings, seed, kept, none, place)
    else:
        if place is None:
            cuts = _cuts(context.vectors, labels, centroids, settings.top, settings.levels, none)
        else:
            cuts = _cuts_within(context.vectors, labels, centroids, settings, place)
        levels, named, at = [], [list(base)], place
        for number, parents in enumerate(cuts):
            if at is not None:
                at = _place_of(parents, at)
            above = cuts[number + 1] if number + 1 < len(cuts) else at
            _add_level(context, levels, named, parents, above, labels, kept)
            labels = levels[-1].parent_of[labels]
    if place is not None:
        for level in levels:
            place = _place_of(level.parent_of, place)
        given, titles = category_levels(named[-1], place, categories)
        levels, named = [*levels, *given], [*named, *titles]
    return levels, named


def _cuts(
    vectors: NDArray[np.float32],
    labels: NDArray[np.integer],
    centroids: NDArray[np.float32],
    top: int | None,
    wanted: int | None,
    none: bool = False,
) -> list[NDArray[np.int32]]:
    """The parents of each level above the base, from a linkage of the base groups."""
    real = len(centroids) - none
    sizes = level_sizes(real, len(labels), top, wanted)
    # Every base group counts the same: weighted by size, a few large groups pull everything to them (top-level
    # AMI on labelled ShareGPT .27 against .31, docs/research-log.md).
    members = np.bincount(labels, minlength=len(centroids))[:real]
    cuts = linkage_levels(centroids[:real], np.ones(real, dtype=np.int64), sizes, members >= members.mean())
    inside = labels < real
    cuts = _split_mixed(cuts, vectors[inside] if none else vectors, labels[inside])
    return [_alone(cut) if none else cut for cut in cuts]


def _cuts_within(
    vectors: NDArray[np.float32],
    labels: NDArray[np.integer],
    centroids: NDArray[np.float32],
    settings: HierarchySettings,
    place: NDArray[np.integer],
) -> list[NDArray[np.int32]]:
    """The same within each category. What stands in none has the numbers of groups and levels of the settings."""
    parts = []
    for number in np.unique(place):
        rows = np.flatnonzero(place == number)
        inside = np.isin(labels, rows)
        own = np.searchsorted(rows, labels[inside])
        shape = (settings.top, settings.levels) if number == NOWHERE else (None, None)
        parts.append((rows, _cuts(vectors[inside], own, centroids[rows], *shape)))
    return joined_cuts(parts, len(centroids))


def _place_of(parents: NDArray[np.int32], place: NDArray[np.integer]) -> NDArray[np.int32]:
    """The category of each parent (p,), given that of each child (k,)."""
    found = np.empty(int(parents.max()) + 1, dtype=np.int32)
    found[parents] = place
    return found


def _add_level(
    context: NamingContext,
    levels: list[Level],
    named: list[list[Label]],
    parents: NDArray[np.int32],
    above: NDArray[np.int32] | None,
    labels: NDArray[np.integer],
    kept: Kept | None,
) -> None:
    """Name the parents of the top level so far, merge those that repeat a child, and add them as a level."""
    staying = {} if kept is None else kept(len(named), parents[labels])
    own = name_parents(context, named[-1], parents, labels, staying)
    merged, own = merge_repeats(context, parents, above, named[-1], own, labels)
    levels.append(Level(merged))
    named.append(own)


def _alone(parents: NDArray[np.int32]) -> NDArray[np.int32]:
    """The parents (k,) of the groups of a level and, last, of the group that fits none: a parent of its own."""
    return np.append(parents, parents.max() + 1).astype(np.int32)


def _split_mixed(
    cuts: list[NDArray[np.int32]], vectors: NDArray[np.float32], labels: NDArray[np.integer]
) -> list[NDArray[np.int32]]:
    """The cuts of a linkage, base first, with the mixed groups at the top split."""
    if not cuts:
        return cuts
    for parents in cuts[:-1]:
        labels = parents[labels]
    top, count = cuts[-1], int(cuts[-1].max()) + 1
    mixed = mixed_groups(vectors, top[labels], count) & (np.bincount(top) > 1)
    sizes = np.bincount(labels, minlength=len(top))
    return [*cuts[:-1], split_parents(top, mixed, centroids_of(vectors, labels, len(top)), sizes)]


def _asked_levels(
    context: NamingContext,
    base: Sequence[Label],
    labels: NDArray[np.integer],
    settings: HierarchySettings,
    seed: int,
    kept: Kept | None,
    none: bool,
    place: NDArray[np.integer] | None,
) -> tuple[list[Level], list[list[Label]]]:
    """The paper's loop: one level after another until the top is small enough; within each category by itself."""
    family = np.zeros(len(base), np.int32) if place is None else np.asarray(place, np.int32)
    if none:
        family = np.append(family[:-1], family.max() + 1)  # what fits no other group stands alone at every level
    sizes = _family_sizes(family, labels, settings, place is not None)
    levels: list[Level] = []
    named = [list(base)]
    for number in range(1, max(map(len, sizes.values()))):
        below = named[-1]
        parts = []
        for one, wanted in sizes.items():
            rows = np.flatnonzero(family == one)
            cut = []
            if number < len(wanted) and wanted[number] < len(rows):
                cut.append(_asked_parents(context, below, rows, labels, wanted[number], settings, seed + number))
            parts.append((rows, cut))
        for parents in joined_cuts(parts, len(below)):
            family = _place_of(parents, family)
            _add_level(context, levels, named, parents, None if place is None else family, labels, kept)
            labels = levels[-1].parent_of[labels]
    return levels, named


def _family_sizes(
    family: NDArray[np.int32], labels: NDArray[np.integer], settings: HierarchySettings, given: bool
) -> dict[int, list[int]]:
    """How many groups the levels of each family have. With ``given`` categories only what stands in none has the
    numbers of groups and levels of the settings."""
    found = {}
    for one in np.unique(family).tolist():
        inside = family == one
        shape = (None, None) if given and one != NOWHERE else (settings.top, settings.levels)
        found[one] = level_sizes(int(inside.sum()), int(inside[labels].sum()), *shape)
    return found


def _asked_parents(
    context: NamingContext,
    below: Sequence[Label],
    rows: NDArray[np.integer],
    labels: NDArray[np.integer],
    target: int,
    settings: HierarchySettings,
    seed: int,
) -> NDArray[np.int32]:
    """The parent (r,) of each of the groups ``rows`` of a level, as the model says, or else the vectors."""
    parents = propose_parents(context, [below[row] for row in rows], target, settings.neighbourhood, seed)
    if parents is None:
        centres = centroids_of(context.vectors, labels, len(below))[rows]
        parents = linkage_levels(centres, np.ones(len(rows), dtype=np.int64), [len(rows), target])[0]
    return parents
