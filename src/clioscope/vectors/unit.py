"""Unit rows, and the unit mean of several encodings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

NOTHING = 1e-12  # a row that is no longer than this has no direction: it is what rounding left of a row of zeros
_BLOCK = 16384  # rows at a time, to keep the copy in higher precision small


def unit_rows(
    vectors: NDArray[Any], *, directed: bool = False, precision: type[np.floating[Any]] = np.float64
) -> NDArray[np.float32]:
    """The rows of ``vectors`` (n, d) scaled to Euclidean norm 1, float32.

    A row of norm 1e-12 or less has no direction and becomes a row of zeros; with ``directed`` it becomes the first
    axis, so that every row has a direction. A row's result depends on nothing but that row.

    Norms are taken in ``precision``. Vectors that an atlas keeps half-made (centring, cells) are scaled in float32, as
    they were in version 0.1.0: what is read must be, to the bit, what was grouped.

    Raises ValueError for NaN or infinite values, and for an array that has not two dimensions.
    """
    if vectors.ndim != 2:
        raise ValueError(f"vectors must have two dimensions, not {vectors.ndim}")
    result = np.empty(vectors.shape, dtype=np.float32)
    for start in range(0, len(vectors), _BLOCK):
        block = np.ascontiguousarray(vectors[start : start + _BLOCK], dtype=precision)
        norms = np.sqrt((block * block).sum(axis=1, keepdims=True))
        if not np.isfinite(norms).all():
            raise ValueError("vectors hold NaN or infinite values")
        scaled = block / np.where(norms > NOTHING, norms, 1)
        scaled[norms[:, 0] <= NOTHING] = np.eye(1, block.shape[1]) if directed else 0
        result[start : start + _BLOCK] = scaled
    result += 0.0  # -0.0 and 0.0 are the same number but not the same bytes
    return result


def average(vectors: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """Unit mean of several encodings of the same conversations, each of shape (n, d); no row is without direction."""
    mean = vectors[0] if len(vectors) == 1 else np.mean(np.stack(vectors), axis=0)
    return unit_rows(mean, directed=True, precision=np.float32)
