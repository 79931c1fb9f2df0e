"""The tree from the vectors: groups merged bottom-up by Ward's criterion.

Measured on CLINC150 (150 base groups, its ten domains as truth): with Ward on unit centroids weighted by their sizes,
the top level has an AMI of .60 to .63. Unweighted Ward reaches .55 to .59, average linkage .43 to .57, and merging
along the edges of the kNN graph .36 to .55, because at this level it mostly follows chains
(``benchmarks/clustering.py``, docs/research-log.md). What merging decided early is looked at again: see ``settle``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clioscope.hierarchy.settle import settle


def linkage_levels(
    centroids: NDArray[np.float32],
    sizes: NDArray[np.integer[Any]],
    level_sizes: Sequence[int],
    large: NDArray[np.bool_] | None = None,
) -> list[NDArray[np.int32]]:
    """For each level above the base, the parent of each group of the level below (0..p-1, the largest first).

    ``centroids`` (k, d) are unit rows of the base groups, ``sizes`` (k,) their weights, ``level_sizes`` the wanted
    numbers of groups from the base up (the first is k). All levels are cuts of one dendrogram: the top first, then
    each lower level inside the one above it. So they are nested, and the top is as good as if it were the only one.

    Chains are avoided. A base group that would be alone in its group joins the nearest group under the same parent,
    and further cuts make up for it. Only at the top may a base group stay alone, if it is one of the ``large`` (k,):
    forced under a parent, it would be where it does not belong. A group that would have one child is split if it has
    four base groups or more. So a level may miss its number by a few. After each cut, base groups that clearly lie
    nearer to another group under the same parent move there.
    """
    count = len(centroids)
    weights = np.maximum(np.asarray(sizes, dtype=np.float64), 1)
    sums = centroids.astype(np.float64) * weights[:, None]
    wanted = [size for size in level_sizes[1:] if size < count]
    if not wanted:
        return []
    merges = ward_merges(sums, weights)
    above = np.zeros(count, dtype=np.int32)
    alone = np.zeros(count, dtype=bool) if large is None else np.asarray(large, dtype=bool)
    cuts: list[NDArray[np.int32]] = []
    for size in reversed(wanted):
        cut = settle(_divide(merges, sums, weights, size, above, alone), above, sums, weights)
        cut = _by_size(cut, weights)
        if not cuts or above.max() < cut.max() < count - 1:
            cuts.append(cut)
            above = cut
            alone = np.bincount(cut)[cut] == 1  # it is alone further down as well
    levels: list[NDArray[np.int32]] = []
    below = np.arange(count, dtype=np.int32)
    for cut in reversed(cuts):
        parents = np.empty(int(below.max()) + 1, dtype=np.int32)
        parents[below] = cut
        levels.append(parents)
        below = cut
    return levels


def ward_merges(sums: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """All merges of weighted points by Ward's criterion, cheapest first: rows (left, right, cost), shape (k-1, 3).

    ``sums`` (k, d) are points times their ``weights`` (k,). ``left`` < ``right`` are indices of points that stand for
    the clusters they are in. The merges are found by nearest-neighbour chains (Murtagh 1983), in O(k² d) time and
    O(k d) memory.
    """
    sums, weights = sums.copy(), weights.copy()
    alive = np.ones(len(sums), dtype=bool)
    merges: list[tuple[int, int, float]] = []
    chain: list[int] = []
    means = sums / weights[:, None]
    squares = np.einsum("ij,ij->i", means, means)
    while len(merges) < len(sums) - 1:
        if not chain:
            chain.append(int(alive.argmax()))
        tip = chain[-1]
        costs = np.maximum(squares + squares[tip] - 2 * (means @ means[tip]), 0)
        costs *= weights * weights[tip] / (weights + weights[tip])
        costs[~alive] = np.inf
        costs[tip] = np.inf
        near = int(costs.argmin())
        if len(chain) > 1 and costs[chain[-2]] <= costs[near]:  # a tie goes to the point before: so chains end
            near = chain[-2]
            del chain[-2:]
            left, right = min(tip, near), max(tip, near)
            merges.append((left, right, float(costs[near])))
            sums[left] += sums[right]
            weights[left] += weights[right]
            alive[right] = False
            means[left] = sums[left] / weights[left]
            squares[left] = np.einsum("ij,ij->i", means[left, None], means[left, None])[0]
        else:
            chain.append(near)
    table = np.asarray(merges, dtype=np.float64).reshape(-1, 3)
    return table[np.argsort(table[:, 2], kind="stable")]


def _cut(merges: NDArray[np.float64], points: int, groups: int) -> NDArray[np.int32]:
    """The group of each point when merging stops at ``groups`` groups, numbered by their first points."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    done = merges[: points - groups, :2].astype(np.int64)
    joined = coo_array((np.ones(len(done)), (done[:, 0], done[:, 1])), shape=(points, points))
    return np.asarray(connected_components(joined, directed=False)[1], dtype=np.int32)


def _divide(
    merges: NDArray[np.float64],
    sums: NDArray[np.float64],
    weights: NDArray[np.float64],
    wanted: int,
    above: NDArray[np.int32],
    alone: NDArray[np.bool_],
) -> NDArray[np.int32]:
    """A cut into about ``wanted`` groups inside the groups ``above``, each of two or more points where possible.

    ``alone`` (k,) are the points that may be alone.
    """
    points = len(sums)
    wanted = min(wanted, points // 2)  # more would leave points alone, which then join what there is
    best = np.zeros(points, dtype=np.intp)
    for groups in range(wanted, min(points, 2 * wanted + 1)):
        inside = np.unique(above.astype(np.int64) * points + _cut(merges, points, groups), return_inverse=True)[1]
        joined = _join_singles(inside.reshape(-1), above, sums, weights, alone)
        if joined.max() > best.max():
            best = joined
        if best.max() + 1 >= wanted:
            break
    return _split_only_children(best, above, sums, weights)


def _join_singles(
    labels: NDArray[np.intp],
    above: NDArray[np.int32],
    sums: NDArray[np.float64],
    weights: NDArray[np.float64],
    alone: NDArray[np.bool_],
) -> NDArray[np.intp]:
    """Each point that is alone in its group joins the group under the same parent for which that costs least.

    Points that may be ``alone`` stay. Where a parent holds only points that may not, they become one group.
    """
    counts = np.bincount(labels)
    total = np.zeros((len(counts), sums.shape[1]))
    np.add.at(total, labels, sums)
    mass = np.bincount(labels, weights=weights)
    parent = np.empty(len(counts), dtype=np.int32)
    parent[labels] = above
    joined = labels.copy()
    for point in np.flatnonzero((counts[labels] == 1) & ~alone):
        many = np.flatnonzero((counts > 1) & (parent == above[point]))
        if len(many):
            gaps = ((total[many] / mass[many, None] - sums[point] / weights[point]) ** 2).sum(axis=1)
            joined[point] = many[(gaps * mass[many] * weights[point] / (mass[many] + weights[point])).argmin()]
        else:
            joined[point] = labels[(above == above[point]).argmax()]
    return np.unique(joined, return_inverse=True)[1].reshape(-1)


def _split_only_children(
    labels: NDArray[np.intp], above: NDArray[np.int32], sums: NDArray[np.float64], weights: NDArray[np.float64]
) -> NDArray[np.int32]:
    """Groups that are their parent's only child are cut in two, where each half gets two or more points."""
    result = labels.astype(np.int32)
    for parent in range(int(above.max()) + 1 if above.any() else 0):
        points = np.flatnonzero(above == parent)
        if len(points) < 4 or len(np.unique(labels[points])) > 1:
            continue
        halves = _cut(ward_merges(sums[points], weights[points]), len(points), 2)
        if np.bincount(halves).min() > 1:
            result[points[halves == 1]] = result.max() + 1
    return result


def _by_size(parents: NDArray[np.int32], weights: NDArray[np.float64]) -> NDArray[np.int32]:
    """Parents renumbered: the heaviest first; of equally heavy ones, the one whose first child comes first."""
    mass = np.bincount(parents, weights=weights)
    first = np.unique(parents, return_index=True)[1]
    rank = np.empty(len(mass), dtype=np.int32)
    rank[np.lexsort((first, -mass))] = np.arange(len(mass), dtype=np.int32)
    return rank[parents]
