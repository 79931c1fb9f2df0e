"""Geometry: are groups tight and far apart? The usual indices, without labels.

All of them favour round groups of equal size. None can be compared between encoders. On text none of them agrees well
with human labels (docs/research-log.md has a table).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from clioscope.measure.figure import UNDEFINED, Figure, around, jackknife, jackknife_error, macro
from clioscope.measure.left_out import left_out, spreads
from clioscope.measure.metric import metric
from clioscope.measure.sampled_neighbours import Near, sampled_neighbours
from clioscope.vectors.apart import distances_between
from clioscope.vectors.centroids import group_sums
from clioscope.vectors.cosines import Cosines, group_cosines, silhouettes
from clioscope.vectors.largest import largest

_PARTNERS = 8  # groups among which the worst neighbour is sought again when rows are left out


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

    vectors, labels = _grouped(vectors, labels)
    if not len(labels):
        return UNDEFINED
    squares = np.einsum("nd,nd->n", vectors, vectors, dtype=np.float64)
    sums, sizes = group_sums(vectors, labels, int(labels.max()) + 1)
    value = _variance_ratio(sums, sizes, float(squares.sum()))
    left = left_out(vectors, labels, len(sizes))
    rest = squares.sum() - np.bincount(left.part, squares)
    parts = [_variance_ratio(*one) for one in zip(left.sums, left.sizes, rest.tolist(), strict=True)]
    return around(value, jackknife_error(parts), len(labels))


def _grouped(vectors: NDArray[Any], labels: NDArray[np.integer[Any]]) -> tuple[NDArray[Any], NDArray[np.integer[Any]]]:
    """The rows that have a group."""
    kept = labels >= 0
    return (vectors, labels) if kept.all() else (vectors[kept], labels[kept])


def _variance_ratio(sums: NDArray[np.float64], sizes: NDArray[np.float64], total: float) -> float:
    """The index from the sums (k, d) and sizes (k,) of groups, and the sum of all squared lengths."""
    inside = sizes > 0
    rows, count = sizes.sum(), inside.sum()
    if count < 2 or rows <= count:
        return float("nan")
    middle = (sums[inside] ** 2).sum(axis=1) / sizes[inside]
    between = middle.sum() - (sums.sum(axis=0) ** 2).sum() / rows
    within = total - middle.sum()
    return float(between / (count - 1) / (within / (rows - count))) if within > 1e-12 else float("nan")


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

    vectors, labels = _grouped(vectors, labels)
    count = int(labels.max(initial=-1)) + 1
    sums, sizes = group_sums(vectors, labels, count)
    inside = np.flatnonzero(sizes > 0)
    if len(inside) < 2:
        return UNDEFINED
    centroids = sums / np.maximum(sizes, 1)[:, None]
    spread = np.bincount(labels, np.sqrt(_squared_to(vectors, centroids, labels)), count) / np.maximum(sizes, 1)
    ratios = _overlaps(centroids[inside], spread[inside])
    each = np.full(count, np.nan)
    each[inside] = ratios.max(axis=1)
    if not np.isfinite(each).any() or np.isinf(each).any():
        return UNDEFINED
    partners = np.zeros((count, min(_PARTNERS, len(inside) - 1)), dtype=np.intp)
    partners[inside] = inside[largest(ratios, partners.shape[1])]
    error = jackknife_error(_without_parts(vectors, labels, count, partners))
    return around(float(np.nanmean(each)), error, len(labels), each)


def _overlaps(centroids: NDArray[np.float64], spread: NDArray[np.float64]) -> NDArray[np.float64]:
    """(s_i + s_j) / d(c_i, c_j) of all pairs of groups (k, k), 0 on the diagonal."""
    apart = distances_between(centroids, centroids)
    np.fill_diagonal(apart, np.inf)
    with np.errstate(divide="ignore", invalid="ignore"):
        overlaps: NDArray[np.float64] = (spread[:, None] + spread) / apart
    return overlaps


def _without_parts(
    vectors: NDArray[Any], labels: NDArray[np.integer[Any]], count: int, partners: NDArray[np.intp]
) -> list[float]:
    """The index without each part of the rows. A group's worst neighbour is sought among its ``partners`` (k, p), those
    that it overlaps with most in all rows."""
    left = left_out(vectors, labels, count)
    centroids = left.sums / np.maximum(left.sizes, 1)[:, :, None]
    values = []
    for middle, spread, sizes in zip(centroids, spreads(vectors, labels, left, centroids), left.sizes, strict=True):
        worst = np.full(count, -np.inf)
        for other in partners.T:
            with np.errstate(divide="ignore", invalid="ignore"):
                ratio = (spread + spread[other]) / np.sqrt(((middle - middle[other]) ** 2).sum(axis=1))
            worst = np.maximum(worst, np.where(sizes[other] > 0, ratio, -np.inf))
        counted = (sizes > 0) & (worst > -np.inf)
        values.append(float(worst[counted].mean()) if counted.sum() > 1 else float("nan"))
    return values


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
