"""The tree from the vectors: groups merged bottom-up by Ward's criterion.

Measured on CLINC150 (150 base groups, its ten domains as truth): Ward on unit centroids weighted by their sizes
gives the top level an AMI of .60 to .63, against .55 to .59 for unweighted Ward, .43 to .57 for average linkage,
and .36 to .55 for merging along the edges of the kNN graph, which at this level mostly follows chains
(``benchmarks/clustering.py``, docs/research-log.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


def linkage_levels(
    centroids: NDArray[np.float32], sizes: NDArray[np.integer[Any]], level_sizes: Sequence[int]
) -> list[NDArray[np.int32]]:
    """Per level above the base, the parent of each group of the level below (0..p-1, the largest first).

    ``centroids`` (k, d) are unit vectors of the base groups, ``sizes`` (k,) their conversations, ``level_sizes``
    the wanted numbers of groups from the base up (its first is k). Every level merges the groups of the one
    below it, so the levels are nested. A level has as many groups as asked for, unless the groups below are
    fewer; a group that would be the only child of its parent joins the parent nearest to it instead, and
    another merge is undone in exchange, as far as there is one.
    """
    weights = np.maximum(np.asarray(sizes, dtype=np.float64), 1)
    sums = centroids.astype(np.float64) * weights[:, None]
    levels: list[NDArray[np.int32]] = []
    for wanted in level_sizes[1:]:
        if wanted >= len(sums):
            continue
        parents = _by_size(_without_only_children(sums, weights, wanted), weights)
        levels.append(parents)
        count = int(parents.max()) + 1
        above = np.zeros((count, sums.shape[1]))
        np.add.at(above, parents, sums)
        weights = np.bincount(parents, weights=weights, minlength=count)
        norms = np.linalg.norm(above, axis=1, keepdims=True)
        sums = above / np.where(norms > 0, norms, 1) * weights[:, None]
    return levels


def ward_merges(sums: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """All merges of weighted points by Ward's criterion, cheapest first: rows (one, other, cost).

    ``sums`` (k, d) are points times their ``weights`` (k,); ``one`` and ``other`` are base points that stand for
    the clusters they are in. Found by nearest-neighbour chains (Murtagh 1983) in O(k² d) time and O(k d) memory.
    """
    sums, weights = sums.copy(), weights.copy()
    alive = np.ones(len(sums), dtype=bool)
    merges: list[tuple[int, int, float]] = []
    chain: list[int] = []
    while len(merges) < len(sums) - 1:
        if not chain:
            chain.append(int(alive.argmax()))
        tip = chain[-1]
        means = sums / weights[:, None]
        squares = np.einsum("ij,ij->i", means, means)
        costs = np.maximum(squares + squares[tip] - 2 * (means @ means[tip]), 0)
        costs *= weights * weights[tip] / (weights + weights[tip])
        costs[~alive] = np.inf
        costs[tip] = np.inf
        near = int(costs.argmin())
        if len(chain) > 1 and costs[chain[-2]] <= costs[near]:  # the one before, also on a tie: so chains end
            near = chain[-2]
            del chain[-2:]
            one, other = min(tip, near), max(tip, near)
            merges.append((one, other, float(costs[near])))
            sums[one] += sums[other]
            weights[one] += weights[other]
            alive[other] = False
        else:
            chain.append(near)
    table = np.asarray(merges, dtype=np.float64).reshape(-1, 3)
    return table[np.argsort(table[:, 2], kind="stable")]


def _cut(merges: NDArray[np.float64], points: int, groups: int) -> NDArray[np.int32]:
    """The group of each point when merging stops at ``groups`` groups."""
    root = list(range(points))

    def find(point: int) -> int:
        while root[point] != point:
            root[point] = root[root[point]]
            point = root[point]
        return point

    for one, other, _ in merges[: points - groups]:
        root[find(int(other))] = find(int(one))
    found = np.asarray([find(point) for point in range(points)])
    return np.unique(found, return_inverse=True)[1].reshape(-1).astype(np.int32)


def _without_only_children(sums: NDArray[np.float64], weights: NDArray[np.float64], wanted: int) -> NDArray[np.int32]:
    """A cut into ``wanted`` groups of two or more points each, where the points allow it."""
    points = len(sums)
    merges = ward_merges(sums, weights)
    best = _cut(merges, points, wanted)
    if points < 2 * wanted:  # not enough points for two a group
        return best
    for groups in range(wanted, points):
        labels = _cut(merges, points, groups)
        joined = _join_singles(labels, sums, weights)
        if joined is None:
            continue
        best = joined
        if int(joined.max()) + 1 >= wanted:
            break
    return best


def _join_singles(
    labels: NDArray[np.int32], sums: NDArray[np.float64], weights: NDArray[np.float64]
) -> NDArray[np.int32] | None:
    """Each point that is alone in its group joins the group of more for which that costs least."""
    counts = np.bincount(labels)
    many = np.flatnonzero(counts > 1)
    if not len(many):
        return None
    total = np.zeros((len(counts), sums.shape[1]))
    np.add.at(total, labels, sums)
    mass = np.bincount(labels, weights=weights)
    joined = labels.copy()
    for point in np.flatnonzero(counts[labels] == 1):
        gaps = ((total[many] / mass[many, None] - sums[point] / weights[point]) ** 2).sum(axis=1)
        joined[point] = many[(gaps * mass[many] * weights[point] / (mass[many] + weights[point])).argmin()]
    return np.unique(joined, return_inverse=True)[1].reshape(-1).astype(np.int32)


def _by_size(parents: NDArray[np.int32], weights: NDArray[np.float64]) -> NDArray[np.int32]:
    """Parents renumbered: the one with most conversations first, then the one whose first child comes first."""
    mass = np.bincount(parents, weights=weights)
    first = np.unique(parents, return_index=True)[1]
    rank = np.empty(len(mass), dtype=np.int32)
    rank[np.lexsort((first, -mass))] = np.arange(len(mass), dtype=np.int32)
    return rank[parents]
