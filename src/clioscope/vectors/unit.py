"""Unit rows, and the unit mean of several encodings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def unit(vectors: NDArray[np.floating]) -> NDArray[np.float32]:
    """Rows scaled to norm 1; a row of zeros becomes the first axis, so that every row has a direction."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled = (vectors / np.where(norms > 1e-12, norms, 1)).astype(np.float32)
    scaled[norms[:, 0] <= 1e-12] = 0
    scaled[norms[:, 0] <= 1e-12, 0] = 1
    return scaled


def average(vectors: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """Unit mean of several encodings of the same conversations, each of shape (n, d)."""
    return unit(np.mean(np.stack(vectors), axis=0)) if len(vectors) > 1 else unit(vectors[0])
