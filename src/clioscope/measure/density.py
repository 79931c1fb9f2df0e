"""Density: DBCV, the one geometric index that does not favour round groups."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.measure.figure import UNDEFINED, Figure, over_draws
from clioscope.measure.metric import metric
from clioscope.vectors.centroids import group_sums

_CAP = 256  # members of a group that are looked at
_DRAWS = 5  # how often members are drawn, if a group has more
_CANDIDATES = 8  # other groups, nearest by centroid, among which the smallest gap is sought


class _Group(NamedTuple):
    points: NDArray[np.float64]  # the inner nodes of its tree
    core: NDArray[np.float64]
    sparseness: float


@metric(
    "geometry",
    low=-1,
    high=1,
    better="higher",
    meaning="Whether the sparsest place inside a group is denser than the gap to the next group.",
    source="Moulavi et al., SDM 2014",
)
def dbcv(
    vectors: NDArray[Any],
    labels: NDArray[np.integer[Any]],
    cap: int = _CAP,
    candidates: int = _CANDIDATES,
    draws: int = _DRAWS,
    seed: int = 0,
) -> Figure:
    """Density-based validity: the sum over groups of |C| / n x (gap - sparseness) / max(gap, sparseness).

    Sparseness: the largest edge of a group's minimum spanning tree of mutual reachability; gap: the smallest
    mutual-reachability distance between inner nodes of two groups' trees. Euclidean distance. The core
    distance (mean of (1/d)^D)^(-1/D) is computed by logarithms, so hundreds of dimensions do not overflow. Of trees
    that are equally short the one with the shorter distances is taken, so the order of rows does not matter.

    Exact while groups have at most ``cap`` distinct members and there are at most ``candidates`` + 1 groups;
    beyond that ``cap`` members are drawn, ``draws`` times (a thinner group: the figure falls a little), and the gap is
    sought among the ``candidates`` nearest centroids (the figure can only rise). The value is the mean over draws,
    and the interval Student's over them: what the cap costs. Where nothing is drawn there is none, since a sample
    of the conversations is thinner and so has another DBCV. Rows of no group count in n, as in
    the paper. Groups of one distinct row have validity 0. Undefined for fewer than two groups.
    """
    count = int(labels.max(initial=-1)) + 1
    sums, sizes = group_sums(vectors, labels, count)
    inside = np.flatnonzero(sizes > 0)
    if len(inside) < 2:
        return UNDEFINED
    order = np.argsort(labels, kind="stable")
    starts = np.searchsorted(labels[order], np.arange(count + 1))
    whole: dict[int, _Group] = {}
    large: dict[int, NDArray[np.intp]] = {}  # rows of one member of each set of twins
    for group in map(int, inside):
        members = order[starts[group] : starts[group + 1]]
        points, first = np.unique(np.asarray(vectors[members], dtype=np.float64), axis=0, return_index=True)
        if len(points) <= cap:
            whole[group] = _density(points)
        else:
            large[group] = members[first]
    centroids = sums[inside] / sizes[inside][:, None]
    generator = np.random.default_rng(seed)
    validities = []
    for _ in range(draws if large else 1):
        drawn = {
            group: _density(np.asarray(vectors[generator.choice(rows, cap, replace=False)], dtype=np.float64))
            for group, rows in large.items()
        }
        validities.append(_validity([(whole | drawn)[int(group)] for group in inside], centroids, candidates))
    values = np.full(count, np.nan)
    values[inside] = np.mean(validities, axis=0)
    means = [float((validity * sizes[inside]).sum() / len(labels)) for validity in validities]
    return over_draws(means, len(labels), values)


def _validity(groups: list[_Group], centroids: NDArray[np.float64], candidates: int) -> NDArray[np.float64]:
    """The validity of each group against the nearest ones."""
    values = np.zeros(len(groups))
    squares = (centroids**2).sum(axis=1)
    for place, group in enumerate(groups):
        away = squares - 2 * centroids @ centroids[place]
        away[place] = np.inf
        others = np.argsort(away, kind="stable")[: min(candidates, len(groups) - 1)]
        gap = min(_gap(group, groups[other]) for other in others)
        most = max(gap, group.sparseness)
        if len(group.points) > 1 and most > 0:
            values[place] = (gap - group.sparseness) / most
    return values


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


def _gap(group: _Group, other: _Group) -> float:
    from scipy.spatial.distance import cdist

    apart = cdist(group.points, other.points)
    return float(np.maximum(apart, np.maximum(group.core[:, None], other.core)).min())
