"""Intervals and tests of shares, as the page computes them (``explorer/src/logic/statistics.ts``)."""

from __future__ import annotations

import math
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


def wilson(share: Any, size: Any) -> Ends:
    """Wilson's score intervals (1927) of shares, 0 to 1, among ``size`` conversations, which need not be whole."""
    p, n = np.clip(np.asarray(share, np.float64), 0, 1), np.asarray(size, np.float64)  # sums of parts may pass 1
    some = np.where(n > 0, n, 1.0)
    middle = p + Z95**2 / (2 * some)
    reach = Z95 * np.sqrt(p * (1 - p) / some + Z95**2 / (4 * some**2))
    scale = 1 + Z95**2 / some
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


def two_proportions(share: Any, size: Any, other: Any, other_size: Any) -> Floats:
    """Two-sided p-values of equal shares, by the pooled z-test; 1 where nothing can be told."""
    p, n, q, m = np.broadcast_arrays(*(np.asarray(one, np.float64) for one in (share, size, other, other_size)))
    known = (n > 0) & (m > 0)
    all_ = np.where(known, n + m, 1.0)
    pooled = (p * n + q * m) / all_
    error = np.sqrt(pooled * (1 - pooled) * (1 / np.where(known, n, 1) + 1 / np.where(known, m, 1)))
    there = known & (error > 0)
    z = np.divide(np.abs(p - q), error, out=np.zeros_like(all_), where=there)
    return np.where(there, erfc(z / np.sqrt(2)), 1.0)


_FEW = 500_000  # numbers that take as long, one by one, as the import of scipy.special


def erfc(values: Floats) -> Floats:
    """The complementary error function of each number."""
    if values.size > _FEW:
        from scipy.special import erfc as of_many

        found: Floats = of_many(values)
        return found
    return np.fromiter(map(math.erfc, values.ravel().tolist()), np.float64, values.size).reshape(values.shape)
