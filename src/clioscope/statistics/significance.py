"""Tests of shares, and many tests at once."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clioscope.statistics.intervals import Floats


def two_proportions(share: Any, size: Any, other: Any, other_size: Any) -> Floats:
    """Two-sided p-values of equal shares, by the pooled z-test; 1 where nothing can be told."""
    p, n, q, m = np.broadcast_arrays(*(np.asarray(one, np.float64) for one in (share, size, other, other_size)))
    known = (n > 0) & (m > 0)
    all_ = np.where(known, n + m, 1.0)
    pooled = (p * n + q * m) / all_
    spread = np.maximum(pooled * (1 - pooled), 0)  # a pooled share may be above 1 by rounding
    error = np.sqrt(spread * (1 / np.where(known, n, 1) + 1 / np.where(known, m, 1)))
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


def corrected(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """q of each p (of any shape), NaN where there is none: the expected share of false findings (Benjamini and Hochberg
    1995). The numbers are those of ``scipy.stats``, whose import takes longer than all else that the page waits for.
    """
    found = np.full(p.shape, np.nan)
    there = np.isfinite(p)
    given = np.clip(p[there], 0, 1)
    order = np.argsort(given)[::-1]
    q = np.empty(len(given))
    q[order] = np.minimum.accumulate(given[order] * (len(given) / np.arange(len(given), 0, -1)))
    found[there] = np.clip(q, 0, 1)
    return found
