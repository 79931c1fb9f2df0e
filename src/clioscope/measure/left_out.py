"""Groups with a tenth of their rows left out: what the intervals of the geometry are made of.

The sums of a group without a part are its sums less those of the part, so no row is looked at twice.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.measure.figure import parts_of
from clioscope.vectors.centroids import group_sums

FOLDS = 10


class LeftOut(NamedTuple):
    """Groups without one part of the rows after the other: ``part`` (n,) of each row; ``sums`` (f, k, d) and ``sizes``
    (f, k) of the groups without part f."""

    part: NDArray[np.intp]
    sums: NDArray[np.float64]
    sizes: NDArray[np.float64]


def left_out(vectors: NDArray[Any], labels: NDArray[np.integer[Any]], count: int) -> LeftOut:
    """The groups 0..count-1 of ``labels`` (n,) without each of ten parts of the rows of ``vectors`` (n, d)."""
    part = parts_of(len(labels), FOLDS)
    folds = int(part.max(initial=-1)) + 1
    sums, sizes = group_sums(vectors, part * count + labels, folds * count)
    sums, sizes = sums.reshape(folds, count, -1), sizes.reshape(folds, count)
    return LeftOut(part, sums.sum(axis=0) - sums, sizes.sum(axis=0) - sizes)


def spreads(
    vectors: NDArray[Any], labels: NDArray[np.integer[Any]], left: LeftOut, centroids: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Mean distance (f, k) of the members of each group to its centroid, without each part; 0 for an empty group.

    ``centroids`` (f, k, d). Distances come from products, so one below a millionth of the lengths may be lost.
    """
    folds, count, _ = centroids.shape
    lengths = (centroids**2).sum(axis=2)
    order = np.argsort(labels, kind="stable")
    starts = np.searchsorted(labels[order], np.arange(count + 1))
    sums = np.zeros((folds, count))
    for group in np.flatnonzero(np.diff(starts)):
        rows = order[starts[group] : starts[group + 1]]
        members = vectors[rows].astype(np.float64)
        squares = (members**2).sum(axis=1)[:, None] - 2 * members @ centroids[:, group].T + lengths[:, group]
        distances = np.sqrt(np.maximum(squares, 0))
        distances[np.arange(len(rows)), left.part[rows]] = 0
        sums[:, group] = distances.sum(axis=0)
    return sums / np.maximum(left.sizes, 1)
