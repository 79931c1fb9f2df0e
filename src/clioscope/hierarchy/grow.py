"""Grow the tree: levels above the base groups, each named from what it holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from clioscope.hierarchy.clio import propose_parents
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
    from clioscope.settings import HierarchySettings


Kept = Callable[[int, "NDArray[np.integer]"], Mapping[int, Label]]


def grow_tree(
    context: NamingContext,
    base: Sequence[Label],
    labels: NDArray[np.integer],
    centroids: NDArray[np.float32],
    settings: HierarchySettings,
    seed: int = 0,
    kept: Kept | None = None,
) -> tuple[list[Level], list[list[Label]]]:
    """Levels above the base, and the labels of every level, base first.

    ``base`` (k) are the labels of the base groups, ``labels`` (n,) the base group of each conversation,
    ``centroids`` (k, d) the unit centroids of the base groups. ``builder="linkage"`` cuts a linkage of the base
    groups. ``"clio"`` lets the model propose, deduplicate and assign level by level (without a model, or where it
    makes a level no smaller, the vectors decide). Either way every group has exactly one parent and every level is
    smaller than the one below it. Base groups that are mixed get a label that says so. Names may be near-duplicates
    still: see ``naming.distinct``. ``kept`` gets a level and the groups (n,) of all conversations there, and gives the
    labels of those that keep an earlier one; no question is asked about them.
    """
    mixed = mixed_groups(context.vectors, labels, len(base)).tolist()
    base = mixed_labels(context, base, mixed, labels)
    for group, label in (kept(0, labels) if kept is not None else {}).items():
        if mixed[group] and label.mixed:
            base[group] = label._replace(phrases=base[group].phrases)
    sizes = level_sizes(len(base), len(labels), settings.top, settings.levels)
    if settings.builder == "clio" and context.ask is not None:
        return _asked_levels(context, base, labels, sizes, settings, seed, kept)
    # Every base group counts the same: weighted by size, a few large groups pull everything to them (top-level
    # AMI on labelled ShareGPT .27 against .31, docs/research-log.md).
    members = np.bincount(labels, minlength=len(base))
    cuts = linkage_levels(centroids, np.ones(len(base), dtype=np.int64), sizes, members >= members.mean())
    cuts = _split_mixed(cuts, context.vectors, labels)
    levels: list[Level] = []
    named = [list(base)]
    for number, parents in enumerate(cuts):
        above = cuts[number + 1] if number + 1 < len(cuts) else None
        _add_level(context, levels, named, parents, above, labels, kept)
        labels = levels[-1].parent_of[labels]
    return levels, named


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
    sizes: Sequence[int],
    settings: HierarchySettings,
    seed: int,
    kept: Kept | None,
) -> tuple[list[Level], list[list[Label]]]:
    """The paper's loop: one level after another until the top is small enough."""
    levels: list[Level] = []
    named = [list(base)]
    for number, target in enumerate(sizes[1:], start=1):
        below = named[-1]
        if target >= len(below):
            continue
        parents = propose_parents(context, below, target, settings.neighbourhood, seed + number)
        if parents is None:
            centres = centroids_of(context.vectors, labels, len(below))
            parents = linkage_levels(centres, np.ones(len(below), dtype=np.int64), [len(below), target])[0]
        _add_level(context, levels, named, parents, None, labels, kept)
        labels = levels[-1].parent_of[labels]
    return levels, named
