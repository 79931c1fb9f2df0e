"""Centroids of groups and the margin of each row: how much nearer its own centroid is than any other."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from clioscope.vectors.unit import unit_rows

_CELLS = 1 << 24  # similarities held at once: 64 MB
_ROWS = 1 << 17  # rows summed at once


def group_sums(
    vectors: NDArray[Any], labels: NDArray[np.integer[Any]], count: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Sums (count, d) and sizes (count,) of the groups; rows of negative label are left out."""
    from scipy.sparse import csr_array

    sums = np.zeros((count, vectors.shape[1]), dtype=np.float64)
    for start in range(0, len(vectors), _ROWS):  # scipy makes a copy in double precision
        block, own = vectors[start : start + _ROWS], labels[start : start + _ROWS]
        members = np.flatnonzero(own >= 0)
        ones = np.ones(len(members), dtype=np.float64)
        sums += csr_array((ones, (own[members], members)), shape=(count, len(block))) @ block
    return sums, np.bincount(labels[labels >= 0], minlength=count).astype(np.float64)


def centroids_of(vectors: NDArray[np.float32], labels: NDArray[np.integer[Any]], count: int) -> NDArray[np.float32]:
    """Unit mean of each group 0..count-1, shape (count, d); rows labelled -1 are left out.

    A group whose members cancel out, or that has none, gets a zero row.
    """
    return unit_rows(group_sums(vectors, labels, count)[0])


def nearest_centroid(
    vectors: NDArray[np.float32], centroids: NDArray[np.float32], own: NDArray[np.integer[Any]] | None = None
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Labels (n,) and margins (n,) of unit ``vectors`` against unit ``centroids`` (k, d).

    The label is ``own`` where that is given and not negative, else the nearest centroid (the lowest number on
    a tie). The margin is the cosine to that centroid less the best cosine to another one, in [-2, 2]; with a
    single centroid it is the cosine itself, as if the other one were orthogonal.
    """
    rows, count = len(vectors), len(centroids)
    labels = np.empty(rows, dtype=np.int32)
    margins = np.empty(rows, dtype=np.float32)
    block = max(1, _CELLS // max(1, count))
    for start in range(0, rows, block):
        cosines = vectors[start : start + block] @ centroids.T
        here = np.arange(len(cosines))
        best = cosines.argmax(axis=1)
        if own is not None:
            given = own[start : start + block]
            best = np.where(given >= 0, given, best)
        mine = cosines[here, best]
        if count > 1:
            cosines[here, best] = -np.inf
            mine = mine - cosines.max(axis=1)
        labels[start : start + block] = best
        margins[start : start + block] = np.clip(mine, -2, 2)
    return labels, margins
