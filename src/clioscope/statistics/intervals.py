"""Intervals of shares and of their differences. The page computes the same (``explorer/src/logic/statistics.ts``)."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Z95 = 1.959964  # the 97.5 % point of the normal distribution: intervals are of 95 %
Floats = NDArray[np.float64]


class Ends(NamedTuple):
    """The low and the high end of intervals, of one shape."""

    low: Floats
    high: Floats


def effective(mass: Any, squares: Any) -> Floats:
    """Kish's effective size of a weighted sample, (Σw)² / Σw²: copies of one conversation are no new evidence."""
    sums, below = np.asarray(mass, np.float64), np.asarray(squares, np.float64)
    return np.divide(sums**2, below, out=np.zeros(np.broadcast(sums, below).shape), where=below > 0)


def wilson(share: Any, size: Any, z: float = Z95) -> Ends:
    """Wilson's score intervals (1927) of shares, 0 to 1, among ``size`` conversations, which need not be whole.

    ``z``: how many standard deviations the ends are away, for another level than 95 % or another distribution. Of no
    conversations nothing is known, so the interval is from 0 to 1.
    """
    p, n = np.clip(np.asarray(share, np.float64), 0, 1), np.asarray(size, np.float64)  # sums of parts may pass 1
    some = np.where(n > 0, n, 1.0)
    middle = p + z**2 / (2 * some)
    reach = z * np.sqrt(p * (1 - p) / some + z**2 / (4 * some**2))
    scale = 1 + z**2 / some
    low, high = np.maximum(0, (middle - reach) / scale), np.minimum(1, (middle + reach) / scale)
    return Ends(np.where(n > 0, low, 0.0), np.where(n > 0, high, 1.0))


def newcombe(share: Any, size: Any, other: Any, other_size: Any) -> Ends:
    """Newcombe's hybrid score intervals (1998, method 10) of ``share`` less ``other``, two independent shares."""
    return between(np.asarray(share), wilson(share, size), np.asarray(other), wilson(other, other_size))


def between(share: Any, own: Ends, other: Any, others: Ends) -> Ends:
    """Intervals of a difference of two shares from their own intervals (MOVER: Zou and Donner 2008)."""
    difference = share - other
    return Ends(
        difference - np.hypot(share - own.low, others.high - other),
        difference + np.hypot(own.high - share, other - others.low),
    )
