"""Exact nearest neighbours of a sample of rows, instead of approximate neighbours of all rows."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.vectors.distinct import distinct_rows

NEIGHBOURS = 30  # what is looked up; purity and entropy use the first half
_CELLS = 1 << 25  # similarities held at once: 128 MB
_STRIDE = 64


class Near(NamedTuple):
    """``rows`` (s,): the sampled rows; ``weights`` (s,): how many rows each stands for; ``indices`` (s, k)
    int64: their nearest other rows, nearest first; ``similarities`` (s, k): the cosines; ``distinct`` (m,): the
    rows that neighbours were sought among, one of each set of twins."""

    rows: NDArray[np.intp]
    weights: NDArray[np.float64]
    indices: NDArray[np.intp]
    similarities: NDArray[np.float32]
    distinct: NDArray[np.intp]


def sampled_neighbours(
    vectors: NDArray[Any],
    labels: NDArray[np.integer[Any]] | None = None,
    strata: NDArray[np.integer[Any]] | None = None,
    k: int = NEIGHBOURS,
    most: int = 4000,
    seed: int = 0,
) -> Near:
    """Exact neighbours by cosine, among all rows, of up to ``most`` rows.

    If there are more rows, the same number is drawn from every group of ``strata`` (or of ``labels``), so that small
    groups are in the sample too. The weights undo this for averages over rows. Twins (equal directions) count as one
    row, so they are not each other's neighbours. The standard error of a mean over the sample is at most
    1 / sqrt(most) of the spread of the rows, .016 for a share.
    """
    distinct = distinct_rows(vectors)
    points = distinct.vectors
    k = max(0, min(k, len(points) - 1))
    groups = strata if strata is not None else labels
    chosen, weights = draw_evenly(None if groups is None else groups[distinct.first], len(points), most, seed)
    indices = np.zeros((len(chosen), k), dtype=np.intp)
    similarities = np.zeros((len(chosen), k), dtype=np.float32)
    block = max(1, _CELLS // max(1, len(points)))
    for start in range(0, len(chosen) if k else 0, block):
        rows = chosen[start : start + block]
        products = points[rows] @ points.T
        products[np.arange(len(rows)), rows] = -np.inf
        best = largest(products, k)
        indices[start : start + block] = distinct.first[best]
        similarities[start : start + block] = np.take_along_axis(products, best, axis=1)
    return Near(distinct.first[chosen], weights, indices, similarities, distinct.first)


def draw_evenly(
    groups: NDArray[np.integer[Any]] | None, count: int, most: int, seed: int
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Up to about ``most`` of ``count`` rows, the same number from each group, and how many rows each stands for."""
    if count <= most:
        return np.arange(count), np.ones(count)
    generator = np.random.default_rng(seed)
    if groups is None:
        return np.sort(generator.choice(count, most, replace=False)), np.full(most, count / most)
    order = generator.permutation(count)
    order = order[np.argsort(groups[order], kind="stable")]
    sizes = np.unique(groups, return_counts=True)[1]
    place = np.arange(count) - np.repeat(np.cumsum(sizes) - sizes, sizes)  # within its group
    quota = _quota(sizes, most)
    taken = place < quota
    weight = np.repeat(sizes / np.minimum(sizes, quota), sizes)[taken]
    chosen = order[taken]
    back = np.argsort(chosen, kind="stable")
    return chosen[back], weight[back]


def _quota(sizes: NDArray[np.integer[Any]], most: int) -> int:
    """The largest number of rows per group (at least one) that takes no more than ``most`` rows in total."""
    low, high = 1, int(sizes.max())
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if np.minimum(sizes, middle).sum() <= most else (low, middle - 1)
    return low


def largest(values: NDArray[np.float32], k: int) -> NDArray[np.intp]:
    """Columns of the ``k`` largest values of each row, largest first.

    The k largest lie in the k strides with the largest maxima, so only those are sorted: exact, and several
    times faster than partitioning long rows.
    """
    rows, columns = values.shape
    strides = columns // _STRIDE
    if strides <= 6 * k:
        candidates = np.broadcast_to(np.arange(columns), values.shape)
    else:
        tops = values[:, : strides * _STRIDE].reshape(rows, strides, _STRIDE).max(axis=2)
        best = np.argpartition(tops, strides - k, axis=1)[:, strides - k :]
        inside = (best[:, :, None] * _STRIDE + np.arange(_STRIDE)).reshape(rows, -1)
        rest = np.broadcast_to(np.arange(strides * _STRIDE, columns), (rows, columns - strides * _STRIDE))
        candidates = np.concatenate([inside, rest], axis=1)
    kept = np.take_along_axis(values, candidates, axis=1)
    width = candidates.shape[1]
    part = (
        np.argpartition(kept, width - k, axis=1)[:, width - k :]
        if k < width
        else np.arange(width)[None, :].repeat(rows, axis=0)
    )
    order = np.argsort(-np.take_along_axis(kept, part, axis=1), axis=1, kind="stable")
    return np.take_along_axis(candidates, np.take_along_axis(part, order, axis=1), axis=1)
