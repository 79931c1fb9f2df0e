"""Places for vectors that were not projected, from their neighbours that were."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clioscope.vectors.neighbours import EXACT, nearest_by_cells

_NEIGHBOURS = 4
_STEEP = 16  # the nearest landmark counts most
_ALIKE = 0.05  # a cosine of no less


def place_by_landmarks(
    vectors: NDArray[np.float32], places: NDArray[np.float32], seed: int, exact: int = EXACT
) -> NDArray[np.float32]:
    """Places (n, 2) of all ``vectors`` (n, d), of which the first m have the given ``places`` (m, 2).

    Every other vector gets the mean place of its nearest landmarks, weighted by similarity; one that is like none of
    them lands in the middle.
    """
    near = nearest_by_cells(vectors[len(places) :], vectors[: len(places)], _NEIGHBOURS, seed, exact)
    usable = (near.indices >= 0) & (near.similarities > _ALIKE)
    weights = np.where(usable, near.similarities, 0).astype(np.float32) ** _STEEP
    sums = weights.sum(axis=1, keepdims=True)
    around = places[np.maximum(near.indices, 0)] * weights[:, :, None]
    middle = np.median(places, axis=0) if len(places) else np.zeros(2)
    mean = np.where(sums > 0, around.sum(axis=1) / np.where(sums > 0, sums, 1), middle)
    return np.concatenate([places, mean]).astype(np.float32)
