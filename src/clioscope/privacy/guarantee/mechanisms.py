"""Noise: the mechanisms of OpenDP that a release uses. No noise is made anywhere else.

All data that come here are whole numbers, so that sums are exact and their sensitivity is what the proof says. OpenDP
draws its randomness from the operating system; no seed reaches it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.errors import SettingsError

_UP = 1 + 1e-9  # scales are rounded up, so that no step costs more than it was given
_MOST_RHO = 1e6


class Cost(NamedTuple):
    """What a step spent: ``rho`` of zero-concentrated differential privacy, ``delta``, and the standard deviation of
    its noise (``scale``)."""

    rho: float
    delta: float
    scale: float


def noisy_sums(sums: NDArray[np.int64], sensitivity: float, rho: float) -> tuple[NDArray[np.int64], Cost]:
    """``sums`` with discrete Gaussian noise, and the cost.

    ``sensitivity``: how far one person can move all sums together (Euclidean length). ``rho``: what may be spent.
    """
    dp = _opendp()
    scale = sensitivity / math.sqrt(2 * rho) * _UP
    space = dp.vector_domain(dp.atom_domain(T="i64")), dp.l2_distance(T="f64")
    mechanism = dp.m.make_gaussian(*space, scale=scale)
    values = mechanism(sums.ravel().tolist())
    return np.array(values, np.int64).reshape(sums.shape), Cost(mechanism.map(sensitivity), 0.0, scale)


def noisy_counts(counts: Mapping[str, int], keys: int, rho: float, delta: float) -> tuple[dict[str, int], Cost]:
    """Counts by key with noise, without the keys whose noisy count does not reach a threshold, and the cost.

    The keys themselves come from the data. One person adds 1 to at most ``keys`` counts. The threshold makes it
    unlikely (at most ``delta``) that a key appears that only one person has.
    """
    dp = _opendp()
    scale = math.sqrt(keys) / math.sqrt(2 * rho) * _UP
    space = (
        dp.map_domain(dp.atom_domain(T=str), dp.atom_domain(T="i64")),
        dp.l02inf_distance(dp.absolute_distance(T="i64")),
    )
    moved = (keys, keys, 1)  # counts moved, the length of the move (bounded by the other two), the most for one count

    def make(threshold: int) -> Any:
        return dp.m.make_gaussian_threshold(*space, scale=scale, threshold=threshold)

    low, high = 1, 2 + math.ceil(scale * 40)
    while low < high:
        middle = (low + high) // 2
        if make(middle).map(moved)[1] <= delta:
            high = middle
        else:
            low = middle + 1
    mechanism = make(low)
    spent, missed = mechanism.map(moved)
    return dict(mechanism(dict(counts))), Cost(spent, missed, scale)


def epsilon_of(rho: float, delta: float) -> float:
    """The epsilon of all steps that spend ``rho`` together, at ``delta``."""
    dp = _opendp()
    space = dp.atom_domain(T="f64", nan=False), dp.absolute_distance(T="f64")
    gaussian = dp.m.make_gaussian(*space, scale=1 / math.sqrt(2 * rho))
    return float(dp.c.make_zCDP_to_approxDP(gaussian).map(1.0).epsilon(delta))


def rho_of(epsilon: float, delta: float) -> float:
    """The most rho that may be spent, so that ``epsilon_of(rho, delta)`` is at most ``epsilon``."""
    low, high = 0.0, _MOST_RHO
    for _ in range(200):
        middle = (low + high) / 2 if high < 1 else math.sqrt(max(low, 1e-12) * high)
        if epsilon_of(middle, delta) <= epsilon:
            low = middle
        else:
            high = middle
        if high - low <= 1e-6 * high:
            break
    return low


def check_library() -> None:
    """Raise SettingsError, with what to do, where OpenDP is not installed."""
    _opendp()


@cache
def _opendp() -> Any:
    try:
        import opendp.prelude as dp
    except ImportError:
        raise SettingsError(
            "a release with a guarantee needs the library OpenDP; install it with pip install 'clioscope[dp]'."
        ) from None
    dp.enable_features("contrib")
    return dp
