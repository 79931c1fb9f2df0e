"""Euclidean distances from one matrix product, as exact as those that are taken one by one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_CLOSE = 1e-3  # squared distances below this part of the squared lengths lose digits in a product


def distances_between(points: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    """Euclidean distances (n, m) of ``points`` (n, d) to ``others`` (m, d); rounding hurts none, not even of twins."""
    lengths = (points**2).sum(axis=1)[:, None] + (others**2).sum(axis=1)
    squares = lengths - 2 * points @ others.T
    rows, columns = np.nonzero(squares < _CLOSE * lengths)
    squares[rows, columns] = ((points[rows] - others[columns]) ** 2).sum(axis=1)
    distances: NDArray[np.float64] = np.sqrt(squares)
    return distances
