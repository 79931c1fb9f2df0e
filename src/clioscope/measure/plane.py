"""Neighbours on a map, by a tree of its points, so that nothing is compared with everything."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_EQUAL = 1e-12  # of a distance: what is nearer by less is as near


class Plane:
    """Points (n, 2) of a map."""

    def __init__(self, points: NDArray[np.float64]) -> None:
        from scipy.spatial import cKDTree

        self._points, self._tree = points, cKDTree(points)

    def nearest(self, rows: NDArray[np.intp], k: int) -> NDArray[np.intp]:
        """The ``k`` points (s, k) nearest to each of ``rows`` (s,), nearest first; k is at most n - 1."""
        found = self._tree.query(self._points[rows], k + 1)[1].reshape(len(rows), k + 1)
        own = found == rows[:, None]
        own[~own.any(axis=1), k] = True  # more points than k lie where this one does
        nearest: NDArray[np.intp] = found[~own].reshape(len(rows), k).astype(np.intp)
        return nearest

    def ranks(self, rows: NDArray[np.intp], others: NDArray[np.intp]) -> NDArray[np.intp]:
        """The rank (s, c) of each of ``others`` (s, c) by its distance from the point in its row, 1 for the nearest.

        Equal distances share the lower rank.
        """
        here = np.repeat(self._points[rows], others.shape[1], axis=0)
        apart = np.linalg.norm(here - self._points[others.ravel()], axis=1)
        inside = self._tree.query_ball_point(here, apart * (1 - _EQUAL), return_length=True)  # and the point itself
        ranks: NDArray[np.intp] = np.where(apart > 0, inside, 1).astype(np.intp).reshape(others.shape)
        return ranks
