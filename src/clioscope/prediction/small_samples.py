"""The share of a value in a group of which only a few conversations were asked (see ``shares``)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

_STEPS = np.linspace(-8, 8, 97)  # logarithms of a group's factor
# What is tried for the distribution of these logarithms over the groups: mean, growth with the odds that are predicted
# in a group (a group of which many are predicted to have a value may have still more), and spread.
_MEANS = np.array([-1.0, -0.5, 0.0, 0.5, 1.0])
_GROWTHS = np.array([-0.25, 0.0, 0.25, 0.5, 0.75])
_SPREADS = np.array([0.8, 1.2, 1.8, 2.6])
_TAILS = 4  # degrees of freedom of Student's t
_BINS = np.linspace(-6, 6, 49)  # edges of the logarithms of predicted odds
_SURE = np.array([0.025, 0.975])
_HALVINGS = 26  # of the number of conversations, for the ends of an interval: to 2e-8 of them


class Rest(NamedTuple):
    """The conversations of k strata that were not asked, as sums over each (k,): their ``number``; ``weight`` and its
    square; ``chance`` and its square; ``weighted``, weight times chance. ``bins`` (k, 3, b) are the sums of weight, of
    its square, and of weight times chance, by the predicted odds. So no estimate reads single conversations."""

    number: NDArray[np.float64]
    weight: NDArray[np.float64]
    weight2: NDArray[np.float64]
    chance: NDArray[np.float64]
    chance2: NDArray[np.float64]
    weighted: NDArray[np.float64]
    bins: NDArray[np.float64]

    @classmethod
    def by_stratum(
        cls, chance: NDArray[np.float64], weight: NDArray[np.float64], strata: NDArray[np.integer], count: int
    ) -> Self:
        """From the chances, weights and strata (n,) of the conversations; ``count``: how many strata there are."""
        width = len(_BINS) + 1
        place = strata * width + np.digitize(_log_odds(chance), _BINS)
        sums = [np.bincount(place, of, count * width) for of in (weight, weight**2, weight * chance)]
        bins = np.stack(sums, axis=1, dtype=np.float64).reshape(count, width, 3).transpose(0, 2, 1)
        number, chances, squares = (
            np.asarray(np.bincount(strata, chance**power, count), np.float64) for power in (0, 1, 2)
        )
        weights, weights2, weighted = bins.sum(axis=2).T
        return cls(number, weights, weights2, chances, squares, weighted, bins)

    def of(self, strata: NDArray[np.integer]) -> Rest:
        """The sums over some of the strata."""
        return Rest(*(part[strata] for part in self))


class Total(NamedTuple):
    """How many of some conversations have a value: what is expected, and the ends of the 95 % interval."""

    expected: float
    low: float
    high: float


@dataclass(frozen=True)
class Factors:
    """What all groups tell about the factors. ``means``, ``growths``, ``spreads`` (h,): what is tried; ``logs`` (h,):
    the logarithm of how likely each is, given what was said."""

    means: NDArray[np.float64]
    growths: NDArray[np.float64]
    spreads: NDArray[np.float64]
    logs: NDArray[np.float64]
    usual: float

    @classmethod
    def fit(
        cls,
        said: NDArray[np.float64],
        chance: NDArray[np.float64],
        groups: NDArray[np.integer],
        predicted: NDArray[np.float64],
    ) -> Self:
        """From the answers ``said`` (m,), 0 or 1, the chances that they were given (m,), the ``groups`` (m,) that they
        stand for, 0 to k-1, and the mean chance in each group ``predicted`` (k,)."""
        means, growths, spreads = (part.ravel() for part in np.meshgrid(_MEANS, _GROWTHS, _SPREADS, indexing="ij"))
        usual = _log_odds(chance.mean()) if len(chance) else 0.0
        empty = cls(means, growths, spreads, np.zeros(len(means)), float(usual))
        likely = np.zeros((len(predicted), len(_STEPS)))
        np.add.at(likely, groups, _likelihood(said, chance))
        logs = empty.logs.copy()
        for group in np.unique(groups):
            logs += _log_sums(empty.priors(predicted[group]) + likely[group], 1)[:, 0]
        return replace(empty, logs=logs)

    def priors(self, predicted: float) -> NDArray[np.float64]:
        """The logarithm of the probability of each step (h, s), in a group with this mean chance."""
        middle = self.means + self.growths * (_log_odds(predicted) - self.usual)
        place = (_STEPS - middle[:, None]) / self.spreads[:, None]
        logs = -(_TAILS + 1) / 2 * np.log1p(place**2 / _TAILS)
        found: NDArray[np.float64] = logs - _log_sums(logs, 1)
        return found


def small_share(
    factors: Factors,
    said: NDArray[np.float64],
    chance: NDArray[np.float64],
    others: Rest,
) -> Total:
    """How many of the conversations that were not asked have the value, each counted by its weight.

    ``said`` and ``chance`` (m,) are those of the group that were asked; ``others`` the rest of the group, by strata.
    """
    from scipy.special import expit, ndtr

    both = factors.priors(float(others.chance.sum() / others.number.sum())) + _likelihood(said, chance).sum(axis=0)
    # What the group itself says stands in ``logs`` already, so it is not counted twice.
    both += factors.logs[:, None] - _log_sums(both, 1)
    steps = _log_sums(both, 0)
    part = np.exp(steps - _log_sums(steps, 1))[0]
    one, two, some = others.bins.sum(axis=0)
    full = one > 0
    shares = expit(_log_odds(some[full] / one[full])[:, None] + _STEPS)
    expected = one[full] @ shares
    spread = np.maximum(np.sqrt(two[full] @ (shares * (1 - shares))), 1e-9)
    most = float(one.sum())
    low, high = np.zeros(len(_SURE)), np.full(len(_SURE), most)
    for _ in range(_HALVINGS):
        at = (low + high) / 2
        below = ndtr((at[:, None] - expected) / spread) @ part < _SURE
        low, high = np.where(below, at, low), np.where(below, high, at)
    first, last = ((low + high) / 2).tolist()
    step = float(two.sum()) / most / 2  # a count goes in whole steps
    return Total(float(part @ expected), max(0.0, first - step), min(most, last + step))


def _log_sums(logs: NDArray[np.float64], axis: int) -> NDArray[np.float64]:
    """The logarithms of the sums along an axis, which stays with length 1. Scipy's function checks so much that it
    takes ten times as long, and it is called for each value in each group."""
    most = logs.max(axis=axis, keepdims=True)
    found: NDArray[np.float64] = most + np.log(np.exp(logs - most).sum(axis=axis, keepdims=True))
    return found


def _log_odds(chance: Any) -> Any:
    from scipy.special import logit

    return logit(np.clip(chance, 1e-4, 1 - 1e-4))


def _likelihood(said: NDArray[np.float64], chance: NDArray[np.float64]) -> NDArray[np.float64]:
    """The logarithm of how likely each answer is (m, s), for each factor."""
    from scipy.special import log_expit

    odds = _log_odds(chance)[:, None] + _STEPS
    found: NDArray[np.float64] = np.where(said[:, None] > 0.5, log_expit(odds), log_expit(-odds))
    return found
