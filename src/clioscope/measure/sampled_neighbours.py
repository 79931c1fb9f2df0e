"""Exact nearest neighbours of a sample of rows, instead of approximate neighbours of all rows."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.vectors.distinct import Distinct, distinct_rows
from clioscope.vectors.neighbours import neighbours_of

NEIGHBOURS = 30  # what is looked up; purity and entropy use the first half


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
    distinct: Distinct | None = None,
) -> Near:
    """Exact neighbours by cosine, among all rows, of up to ``most`` rows.

    If there are more rows, the same number is drawn from every group of ``strata`` (or of ``labels``), so that small
    groups are in the sample too. The weights undo this for averages over rows. Twins (equal directions) count as one
    row, so they are not each other's neighbours. The standard error of a mean over the sample is at most
    1 / sqrt(most) of the spread of the rows, .016 for a share. ``distinct``: what ``distinct_rows`` makes of the
    vectors, where it is known already.
    """
    distinct = distinct or distinct_rows(vectors)
    points = distinct.vectors
    groups = strata if strata is not None else labels
    chosen, weights = draw_evenly(None if groups is None else groups[distinct.first], len(points), most, seed)
    near = neighbours_of(chosen, points, k)
    return Near(distinct.first[chosen], weights, distinct.first[near.indices], near.similarities, distinct.first)


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
    """The largest number of rows per group (at least one) that takes no more than ``most`` in all."""
    low, high = 1, int(sizes.max())
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if np.minimum(sizes, middle).sum() <= most else (low, middle - 1)
    return low
