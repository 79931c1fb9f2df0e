"""Smoothing: each vector moves towards the mean of its nearest neighbours.

That averages out the accidents of a short sentence.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clioscope.vectors.threads import blocks, in_threads
from clioscope.vectors.unit import NOTHING

_BLOCK = 8192  # rows whose neighbours are gathered at once


def smooth(
    vectors: NDArray[np.float32], neighbours: NDArray[np.integer], among: NDArray[np.float32], share: float
) -> NDArray[np.float32]:
    """Move each vector by ``share`` towards the unit mean of its neighbours.

    ``neighbours`` (n, k) are rows of ``among``, itself excluded; -1 marks a missing neighbour.
    """
    return mix(vectors, neighbours, among, mixing(vectors, neighbours, among, share))


def mixing(
    vectors: NDArray[np.float32], neighbours: NDArray[np.integer], among: NDArray[np.float32], share: float
) -> NDArray[np.float32]:
    """Weights (n, 2) of each vector and of the sum of its neighbours in the smoothed one, which they make a unit."""
    weights = np.zeros((len(vectors), 2), np.float32)
    weights[:, 0] = 1
    if neighbours.shape[1] == 0 or share == 0:
        return weights

    def weigh(rows: slice) -> None:
        near = _sum(neighbours[rows], among)
        lengths = np.linalg.norm(near, axis=1)
        far = lengths > NOTHING
        weight = np.where(far, share / np.where(far, lengths, 1), 0)
        norms = np.linalg.norm((1 - share) * vectors[rows] + weight[:, None] * near, axis=1)
        moved = far & (norms > NOTHING)  # the others stay where they are
        weights[rows][moved] = np.stack([(1 - share) / norms[moved], weight[moved] / norms[moved]], axis=1)

    in_threads(weigh, blocks(len(vectors), _BLOCK))
    return weights


def mix(
    vectors: NDArray[np.float32],
    neighbours: NDArray[np.integer],
    among: NDArray[np.float32],
    weights: NDArray[np.float32],
) -> NDArray[np.float32]:
    """The smoothed vectors (n, d), by the ``weights`` of ``mixing``; the same to the bit for the same arguments."""
    if neighbours.shape[1] == 0 or not weights[:, 1].any():
        return vectors
    result = np.empty_like(vectors)

    def put(rows: slice) -> None:
        result[rows] = weights[rows, :1] * vectors[rows] + weights[rows, 1:] * _sum(neighbours[rows], among)

    in_threads(put, blocks(len(vectors), _BLOCK))
    return result


def _sum(neighbours: NDArray[np.integer], among: NDArray[np.float32]) -> NDArray[np.float32]:
    """The sum of each row's neighbours; one neighbour after the other, which takes little memory."""
    sums = np.zeros((len(neighbours), among.shape[1]), np.float32)
    for column in neighbours.T:
        sums += among[column] * (column >= 0)[:, None]
    return sums
