"""Geometry: are groups tight and far apart? The usual indices, without labels.

All of them favour round groups of equal size. None can be compared between encoders. On text none of them agrees well
with human labels (docs/research-log.md has a table).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from clioscope.measure.figure import UNDEFINED, Figure, around, jackknife, macro
from clioscope.measure.metric import metric
from clioscope.measure.sampled_neighbours import Near, sampled_neighbours
from clioscope.vectors.centroids import group_sums
from clioscope.vectors.cosines import Cosines, group_cosines, silhouettes

_CLOSE = 1e-3  # squared distances below this part of the squared lengths lose digits in a product


@metric(
    "geometry",
    low=-1,
    high=1,
    better="higher",
    meaning="How much closer conversations are to their own group than to the next one (0: no closer).",
    source="Rousseeuw 1987, with cosine distance, averaged over groups",
)
def silhouette(vectors: NDArray[Any], labels: NDArray[np.integer[Any]], cosines: Cosines | None = None) -> Figure:
    """Macro-averaged silhouette with cosine distance: the mean over groups of the mean of
    (b - a) / max(a, b), with a the mean distance of a row to the rest of its group and b the smallest mean
    distance to another one.

    Exact for any number of rows (the mean cosine to a group is one product). Rows alone in their group count
    0. Undefined (NaN) for fewer than two groups. ``groups`` holds the mean of each.
    """
    cosines = cosines or group_cosines(vectors, labels)
    count = int(labels.max(initial=-1)) + 1
    if len(np.unique(labels[labels >= 0])) < 2:
        return UNDEFINED
    return macro(silhouettes(cosines), labels, count)


@metric(
    "geometry",
    low=0,
    high=np.inf,
    better="higher",
    meaning="Spread between groups against spread within them; comparable only on the same vectors.",
    source="Calinski and Harabasz 1974",
)
def calinski_harabasz(vectors: NDArray[Any], labels: NDArray[np.integer[Any]]) -> Figure:
    """(B / (k - 1)) / (W / (n - k)), with B and W the squared Euclidean spread between and within groups.

    Grows with n and favours k-means. Undefined for fewer than two groups or only groups of one.
    """

    def index(vectors: NDArray[Any], labels: NDArray[np.integer[Any]]) -> float:
        sums, sizes = group_sums(vectors, labels, int(labels.max()) + 1)
        inside = sizes > 0
        rows, count = sizes.sum(), inside.sum()
        if count < 2 or rows <= count:
            return float("nan")
        middle = (sums[inside] ** 2).sum(axis=1) / sizes[inside]
        total = np.einsum("nd,nd->", vectors, vectors, dtype=np.float64)
        between = middle.sum() - (sums.sum(axis=0) ** 2).sum() / rows
        within = total - middle.sum()
        return float(between / (count - 1) / (within / (rows - count))) if within > 1e-12 else float("nan")

    kept, own = vectors[labels >= 0], labels[labels >= 0]
    if not len(own):
        return UNDEFINED
    value = index(kept, own)
    return around(value, jackknife(index, kept, own, folds=10), len(own))


@metric(
    "geometry",
    low=0,
    high=np.inf,
    better="lower",
    meaning="How far groups overlap with the neighbour they overlap with most, on average.",
    source="Davies and Bouldin 1979",
)
def davies_bouldin(vectors: NDArray[Any], labels: NDArray[np.integer[Any]]) -> Figure:
    """Mean over groups of the largest (s_i + s_j) / d(c_i, c_j), with s the mean Euclidean distance of members
    to their centroid c.

    Undefined for fewer than two groups, or where two centroids coincide. ``groups`` holds each group's term.
    """

    def terms(vectors: NDArray[Any], labels: NDArray[np.integer[Any]]) -> NDArray[np.float64]:
        count = int(labels.max()) + 1
        sums, sizes = group_sums(vectors, labels, count)
        inside = np.flatnonzero(sizes > 0)
        if len(inside) < 2:
            return np.full(count, np.nan)
        centroids = sums / np.maximum(sizes, 1)[:, None]
        spread = np.bincount(labels, np.sqrt(_squared_to(vectors, centroids, labels)), count) / np.maximum(sizes, 1)
        apart = _distances(centroids[inside])
        np.fill_diagonal(apart, np.inf)
        with np.errstate(divide="ignore", invalid="ignore"):
            worst = ((spread[inside, None] + spread[inside]) / apart).max(axis=1)
        values = np.full(count, np.nan)
        values[inside] = worst
        return values

    kept, own = vectors[labels >= 0], labels[labels >= 0]
    if not len(own):
        return UNDEFINED
    each = terms(kept, own)
    if not np.isfinite(each).any() or np.isinf(each).any():
        return UNDEFINED
    error = jackknife(lambda vectors, labels: float(np.nanmean(terms(vectors, labels))), kept, own, folds=10)
    return around(float(np.nanmean(each)), error, len(own), each)


def _distances(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Euclidean distances (k, k) from one matrix product; those that rounding could hurt are computed one by one."""
    lengths = (points**2).sum(axis=1)
    squares = lengths[:, None] + lengths - 2 * points @ points.T
    rows, columns = np.nonzero(squares < _CLOSE * (lengths[:, None] + lengths))
    squares[rows, columns] = ((points[rows] - points[columns]) ** 2).sum(axis=1)
    distances: NDArray[np.float64] = np.sqrt(squares)
    return distances


def _squared_to(
    vectors: NDArray[Any], centroids: NDArray[np.float64], labels: NDArray[np.integer[Any]]
) -> NDArray[np.float64]:
    """Squared distance of each row to the centroid of its group, in blocks."""
    result = np.empty(len(vectors))
    for start in range(0, len(vectors), 8192):
        part = slice(start, start + 8192)
        away = vectors[part] - centroids[labels[part]]
        result[part] = np.einsum("nd,nd->n", away, away)
    return result


@metric(
    "geometry",
    low=-1,
    high=1,
    better="higher",
    meaning="How many more neighbours share a group than if neighbours were drawn at random.",
    source="Newman and Girvan 2004; Leicht and Newman 2008 for directed graphs",
)
def modularity(
    vectors: NDArray[Any], labels: NDArray[np.integer[Any]], near: Near | None = None, k: int = 15
) -> Figure:
    """Modularity of the directed, unweighted graph of ``k`` nearest neighbours at resolution 1: the share of
    edges inside groups less the sum over groups of (share of edges that leave it) x (share that enter it).

    Estimated from the edges of the sampled rows, weighted. It has a resolution limit: it favours groups of
    about sqrt(edges) rows, so compare it only at like numbers of groups.
    """
    near = near or sampled_neighbours(vectors, labels)
    if not near.indices.shape[1]:
        return UNDEFINED
    targets = labels[near.indices[:, :k]]
    own = labels[near.rows]
    count = int(labels.max(initial=-1)) + 1

    def value(own: NDArray[Any], targets: NDArray[Any], weights: NDArray[Any]) -> float:
        wide = targets.shape[1]
        total = weights.sum() * wide
        inside = (((targets == own[:, None]) & (own >= 0)[:, None]) * weights[:, None]).sum() / total
        # shifted by one, so that rows of no group fall into a bin that is left out
        leaving = np.bincount(own + 1, weights, count + 1)[1:] / weights.sum()
        entering = np.bincount(targets.ravel() + 1, np.repeat(weights, wide), count + 1)[1:] / total
        return float(inside - (leaving * entering).sum())

    return around(value(own, targets, near.weights), jackknife(value, own, targets, near.weights), len(own))
