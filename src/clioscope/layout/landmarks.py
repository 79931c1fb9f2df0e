"""Places for vectors that were not projected, from their neighbours that were."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clioscope.vectors.neighbours import EXACT, knn_distinct

_NEIGHBOURS = 15


def place_by_landmarks(
    vectors: NDArray[np.float32], places: NDArray[np.float32], seed: int, exact: int = EXACT
) -> NDArray[np.float32]:
    """Places (n, 2) of all ``vectors`` (n, d), of which the first m have the given ``places`` (m, 2).

    Round by round, each vector without a place gets the mean place of its neighbours that have one, weighted by
    similarity; those that no round reaches (a piece of the graph without a landmark) land in the middle.
    """
    near = knn_distinct(vectors, _NEIGHBOURS, seed, exact)
    result = np.empty((len(vectors), 2), dtype=np.float32)
    result[: len(places)] = places
    placed = np.zeros(len(vectors), dtype=np.bool_)
    placed[: len(places)] = True
    while not placed.all():
        rows = np.flatnonzero(~placed)
        usable = placed[near.indices[rows]] & (near.indices[rows] >= 0)
        rows, usable = rows[usable.any(axis=1)], usable[usable.any(axis=1)]
        if not len(rows):
            result[~placed] = np.median(places, axis=0)
            break
        weights = np.where(usable, np.maximum(near.similarities[rows], 1e-3), 0) ** 4
        weights /= weights.sum(axis=1, keepdims=True)
        around = np.where(usable[:, :, None], result[near.indices[rows]], 0)
        result[rows] = (around * weights[:, :, None]).sum(axis=1)
        placed[rows] = True
    return result
