"""Density: DBCV, the one geometric index that does not want groups to be round."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.measure.cosines import group_sums
from clioscope.measure.figure import UNDEFINED, Figure
from clioscope.measure.metric import metric

_CAP = 256  # members of a group that are looked at
_CANDIDATES = 8  # other groups, by centroid, among which the nearest in density is looked for


class _Group(NamedTuple):
    points: NDArray[np.float64]  # the inner nodes of its tree
    core: NDArray[np.float64]
    sparseness: float


@metric(
    "geometry",
    low=-1,
    high=1,
    better="higher",
    meaning="Whether the thinnest place inside a group is denser than the gap to the next group.",
    source="Moulavi et al., SDM 2014",
)
def dbcv(
    vectors: NDArray[Any],
    labels: NDArray[np.integer[Any]],
    cap: int = _CAP,
    candidates: int = _CANDIDATES,
    seed: int = 0,
) -> Figure:
    """Density-based validity: the sum over groups of |C| / n x (gap - sparseness) / max(gap, sparseness).

    Sparseness: the largest edge of a group's minimum spanning tree of mutual reachability; gap: the smallest
    mutual-reachability distance between inner nodes of two groups' trees. Euclidean distance. The core
    distance (mean of (1/d)^D)^(-1/D) is computed by logarithms, so hundreds of dimensions do not overflow. Of trees
    that are equally short the one with the shorter distances is taken, so the order of rows does not matter.

    Exact while groups have at most ``cap`` distinct members and there are at most ``candidates`` + 1 groups;
    beyond that ``cap`` members are drawn (a thinner group: the figure falls a little) and the gap is sought
    among the ``candidates`` nearest centroids (the figure can only rise). Rows of no group count in n, as in
    the paper. Groups of one distinct row have validity 0. Undefined for fewer than two groups.
    """
    count = int(labels.max(initial=-1)) + 1
    sums, sizes = group_sums(vectors, labels, count)
    inside = np.flatnonzero(sizes > 0)
    if len(inside) < 2:
        return UNDEFINED
    generator = np.random.default_rng(seed)
    order = np.argsort(labels, kind="stable")
    starts = np.searchsorted(labels[order], np.arange(count + 1))
    found: dict[int, _Group] = {}
    for group in inside:
        members = order[starts[group] : starts[group + 1]]
        points = np.unique(np.asarray(vectors[members], dtype=np.float64), axis=0)
        if len(points) > cap:
            points = points[np.sort(generator.choice(len(points), cap, replace=False))]
        found[int(group)] = _density(points)
    centroids = sums[inside] / sizes[inside][:, None]
    values = np.full(count, np.nan)
    squares = (centroids**2).sum(axis=1)
    for place, group in enumerate(inside):
        away = squares - 2 * centroids @ centroids[place]
        away[place] = np.inf
        others = np.argsort(away, kind="stable")[: min(candidates, len(inside) - 1)]
        gap = min(_gap(found[int(group)], found[int(inside[other])]) for other in others)
        most = max(gap, found[int(group)].sparseness)
        alone = len(found[int(group)].points) < 2
        values[group] = 0.0 if alone or most <= 0 else (gap - found[int(group)].sparseness) / most
    value = float((values[inside] * sizes[inside]).sum() / len(labels))
    return Figure(value, None, None, len(labels), values)


def _density(points: NDArray[np.float64]) -> _Group:
    """Core distances, and the tree's inner nodes and largest inner edge."""
    from scipy.sparse.csgraph import minimum_spanning_tree
    from scipy.spatial.distance import pdist, squareform

    rows, dimensions = points.shape
    if rows < 2:
        return _Group(points, np.zeros(rows), 0.0)
    distances = squareform(pdist(points))
    with np.errstate(divide="ignore"):
        logs = -dimensions * np.log(distances)
    np.fill_diagonal(logs, -np.inf)
    highest = logs.max(axis=1)
    sums = highest + np.log(np.exp(logs - highest[:, None]).sum(axis=1))
    core = np.exp(-(sums - np.log(rows - 1)) / dimensions)
    reach = np.maximum(distances, np.maximum(core[:, None], core))
    # Many edges have the same mutual reachability, and which of them a tree takes decides which nodes are inner
    # ones: the value would hang on the order of the rows. So of equal edges the shorter is taken.
    tree = minimum_spanning_tree(reach + 1e-9 * distances).tocoo()
    degree = np.bincount(np.concatenate([tree.row, tree.col]), minlength=rows)
    inner = degree > 1
    between = inner[tree.row] & inner[tree.col]
    edges = reach[tree.row, tree.col]
    edges = edges[between] if between.any() else edges
    nodes = inner if inner.any() else np.ones(rows, dtype=bool)
    return _Group(points[nodes], core[nodes], float(edges.max()))


def _gap(one: _Group, other: _Group) -> float:
    from scipy.spatial.distance import cdist

    apart = cdist(one.points, other.points)
    return float(np.maximum(apart, np.maximum(one.core[:, None], other.core)).min())
