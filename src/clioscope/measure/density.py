"""Density: DBCV, the one geometric index that does not favour round groups."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.measure.figure import UNDEFINED, Figure, over_draws
from clioscope.measure.metric import metric
from clioscope.vectors.apart import distances_between
from clioscope.vectors.centroids import group_sums
from clioscope.vectors.largest import largest

_CAP = 256  # members of a group that are looked at
_DRAWS = 5  # how often members are drawn, if a group has more
_BLOCK = 1024  # groups compared with all at once
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
    for place, group in enumerate(map(int, inside)):
        members = _without_twins(vectors, order[starts[group] : starts[group + 1]])
        if len(members) <= cap:
            whole[place] = _density(np.asarray(vectors[members], dtype=np.float64))
        else:
            large[place] = members
    near = _nearest(sums[inside] / sizes[inside][:, None], candidates)
    known = {
        place: _gap(one, [whole[other] for other in near[place] if other in whole]) for place, one in whole.items()
    }
    generator = np.random.default_rng(seed)
    validities = []
    for _ in range(draws if large else 1):
        drawn = {
            place: _density(np.asarray(vectors[generator.choice(rows, cap, replace=False)], dtype=np.float64))
            for place, rows in large.items()
        }
        validities.append(_validity(whole, drawn, near, known))
    values = np.full(count, np.nan)
    values[inside] = np.mean(validities, axis=0)
    means = [float((validity * sizes[inside]).sum() / len(labels)) for validity in validities]
    return over_draws(means, len(labels), values)


def _without_twins(vectors: NDArray[Any], members: NDArray[np.intp]) -> NDArray[np.intp]:
    """The first of each set of equal rows among the ``members``, in an order of their own."""
    rows = np.ascontiguousarray(vectors[members]) + vectors.dtype.type(0)  # -0.0 and 0.0 have other bytes
    _, first = np.unique(rows.view(np.dtype((np.void, rows.dtype.itemsize * rows.shape[1]))), return_index=True)
    return members[first]


def _nearest(centroids: NDArray[np.float64], candidates: int) -> list[list[int]]:
    """The groups with the nearest centroids, for each group."""
    squares = (centroids**2).sum(axis=1)
    wanted = min(candidates, len(centroids) - 1)
    found: list[list[int]] = []
    for start in range(0, len(centroids), _BLOCK):
        part = slice(start, start + _BLOCK)
        near = 2 * centroids[part] @ centroids.T - squares
        near[np.arange(len(near)), np.arange(start, start + len(near))] = -np.inf
        found += largest(near, wanted).tolist()
    return found


def _validity(
    whole: dict[int, _Group], drawn: dict[int, _Group], near: list[list[int]], known: dict[int, float]
) -> NDArray[np.float64]:
    """The validity of each group against those that are ``near``. ``known``: the gaps between groups that are whole."""
    values = np.zeros(len(near))
    for place, others in enumerate(near):
        group = whole[place] if place in whole else drawn[place]
        rest = others if place in drawn else [other for other in others if other in drawn]
        gap = _gap(group, [drawn[other] if other in drawn else whole[other] for other in rest])
        gap = min(gap, known.get(place, np.inf))
        most = max(gap, group.sparseness)
        if len(group.points) > 1 and most > 0:
            values[place] = (gap - group.sparseness) / most
    return values


def _density(points: NDArray[np.float64]) -> _Group:
    """Core distances, and the tree's inner nodes and largest inner edge."""
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
    ends = _shortest_tree(reach + 1e-9 * distances)
    inner = np.bincount(ends.ravel(), minlength=rows) > 1
    between = inner[ends].all(axis=0)
    edges = reach[ends[0], ends[1]]
    edges = edges[between] if between.any() else edges
    nodes = inner if inner.any() else np.ones(rows, dtype=bool)
    return _Group(points[nodes], core[nodes], float(edges.max()))


def _shortest_tree(lengths: NDArray[np.float64]) -> NDArray[np.intp]:
    """Both ends (2, n - 1) of the edges of the shortest tree through n points (Prim 1957); ``lengths`` is used up.

    Of a complete graph of 256 points it is six times faster than scipy's sparse search.
    """
    ends = np.zeros((2, len(lengths) - 1), dtype=np.intp)
    via = np.zeros(len(lengths), dtype=np.intp)
    lengths[:, 0] = np.inf  # no way leads back into the tree
    best = lengths[0].copy()
    for edge in range(len(lengths) - 1):
        new = int(best.argmin())
        ends[:, edge] = via[new], new
        best[new] = np.inf
        lengths[:, new] = np.inf
        closer = lengths[new] < best
        np.copyto(best, lengths[new], where=closer)
        via[closer] = new
    return ends


def _gap(group: _Group, others: list[_Group]) -> float:
    """The smallest mutual reachability to a node of one of the ``others``; infinite without any."""
    if not others:
        return np.inf
    points, core = (np.concatenate(arrays) for arrays in ([one.points for one in others], [one.core for one in others]))
    reach = np.maximum(distances_between(group.points, points), np.maximum(group.core[:, None], core))
    return float(reach.min())
