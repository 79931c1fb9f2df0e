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
_SURE = (0.025, 0.975)


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
    others: NDArray[np.float64],
    weight: NDArray[np.float64],
) -> Total:
    """How many of the conversations that were not asked have the value, each counted by ``weight`` (o,).

    ``said`` and ``chance`` (m,) are those of the group that were asked; ``others`` (o,) the chances of the rest.
    """
    from scipy.special import expit, ndtr

    both = factors.priors(float(others.mean())) + _likelihood(said, chance).sum(axis=0)
    # What the group itself says stands in ``logs`` already, so it is not counted twice.
    both += factors.logs[:, None] - _log_sums(both, 1)
    steps = _log_sums(both, 0)
    part = np.exp(steps - _log_sums(steps, 1))[0]
    place = np.digitize(_log_odds(others), _BINS)
    one, two, some = (np.bincount(place, of, len(_BINS) + 1) for of in (weight, weight**2, weight * others))
    full = one > 0
    shares = expit(_log_odds(some[full] / one[full])[:, None] + _STEPS)
    expected = one[full] @ shares
    spread = np.sqrt(two[full] @ (shares * (1 - shares)))
    step = float(two.sum() / one.sum()) / 2  # a count goes in whole steps
    ends = []
    for sure, to in zip(_SURE, (-step, step), strict=True):
        low, high = 0.0, float(weight.sum())
        for _ in range(40):
            at = (low + high) / 2
            below = float(part @ ndtr((at - expected) / np.maximum(spread, 1e-9)))
            low, high = (at, high) if below < sure else (low, at)
        ends.append((low + high) / 2 + to)
    return Total(float(part @ expected), max(0.0, ends[0]), min(float(weight.sum()), ends[1]))


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
