"""The rows that a seed draws."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

SHARE = 0.8  # the share of the rows that a draw takes
# Rows left out per row taken: the draws of several seeds share rows, and this says how far they are from independent.
LEFT_OUT = 0.25  # a draw of 80 %
HALVES = 1.0  # a draw of one half


def drawn(rows: int, seed: int, share: float = SHARE) -> NDArray[np.intp]:
    """The rows of a draw without replacement, sorted. Where data are few, this is what varies between seeds."""
    return np.sort(np.random.default_rng(seed).choice(rows, round(share * rows), replace=False))


def spread(labels: Sequence[int] | NDArray[Any], rows: NDArray[np.intp], count: int) -> NDArray[np.int64]:
    """The labels of drawn ``rows`` as labels of all ``count`` rows, -1 for rows that were not drawn."""
    whole = np.full(count, -1, dtype=np.int64)
    whole[rows] = labels
    return whole
