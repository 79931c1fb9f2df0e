"""Grow the tree: levels above the base groups, each named from what it holds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from clioscope.hierarchy.clio import propose_parents
from clioscope.hierarchy.levels import level_sizes
from clioscope.hierarchy.linkage import linkage_levels
from clioscope.hierarchy.tree import Level, memberships
from clioscope.naming.candidates import Label
from clioscope.naming.context import NamingContext
from clioscope.naming.parents import name_parents
from clioscope.settings import HierarchySettings
from clioscope.vectors.centroids import centroids_of


def grow_tree(
    context: NamingContext,
    base: Sequence[Label],
    labels: NDArray[np.integer],
    centroids: NDArray[np.float32],
    settings: HierarchySettings,
    seed: int = 0,
) -> tuple[list[Level], list[list[Label]]]:
    """Levels above the base and the labels of every level, base first.

    ``builder="linkage"`` cuts a linkage of the base groups; ``"clio"`` lets the model propose, deduplicate
    and assign level by level (without a model, or where it makes a level no smaller, the vectors decide).
    Either way every group has exactly one parent and every level is smaller than the one below it.
    """
    sizes = level_sizes(len(base), len(labels), settings.top, settings.levels)
    # Every base group counts the same: weighted by size, a few large groups pull everything to them (top-level
    # AMI on labelled ShareGPT .27 against .31, docs/research-log.md).
    weights = np.ones(len(base), dtype=np.int64)
    linked = [Level(parents) for parents in linkage_levels(centroids, weights, sizes)]
    if settings.builder == "clio" and context.ask is not None:
        return _clio(context, base, labels, sizes, settings, seed)
    named, member = [list(base)], memberships(labels, linked)
    for level, below in zip(linked, member, strict=False):
        named.append(name_parents(context, named[-1], level.parent_of, below))
    return linked, named


def _clio(
    context: NamingContext,
    base: Sequence[Label],
    labels: NDArray[np.integer],
    sizes: Sequence[int],
    settings: HierarchySettings,
    seed: int,
) -> tuple[list[Level], list[list[Label]]]:
    """The paper's loop: one level after another until the top is small enough."""
    levels: list[Level] = []
    named, below = [list(base)], labels
    for number, target in enumerate(sizes[1:], start=1):
        if target >= len(named[-1]):
            continue
        parents = propose_parents(context, named[-1], target, settings.neighbourhood, seed + number)
        if parents is None:
            count = len(named[-1])
            centres = centroids_of(context.vectors, below, count)
            parents = linkage_levels(centres, np.ones(count, dtype=np.int64), [count, target])[0]
        named.append(name_parents(context, named[-1], parents, below))
        levels.append(Level(parents))
        below = parents[below]
    return levels, named
