"""Places for vectors that were not projected, from their nearest neighbours that were."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clioscope.clustering.neighbours import nearest_approximate

_NEAREST = 5


def place_by_landmarks(
    vectors: NDArray[np.float32], landmarks: NDArray[np.float32], places: NDArray[np.float32], seed: int
) -> NDArray[np.float32]:
    """The mean place of the five nearest landmarks of each vector, weighted by similarity above the fifth's.

    ``places`` (m, 2) belong to ``landmarks`` (m, d). The weights fall to zero at the edge of the
    neighbourhood, so that a vector very near to one landmark lands on it.
    """
    found = nearest_approximate(vectors, landmarks, _NEAREST, seed)
    weights = found.similarities - found.similarities[:, -1:] + np.float32(1e-3)
    weights[found.indices < 0] = 0
    weights /= weights.sum(axis=1, keepdims=True)
    return np.asarray((places[found.indices] * weights[:, :, None]).sum(axis=1), dtype=np.float32)
