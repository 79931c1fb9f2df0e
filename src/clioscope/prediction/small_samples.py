"""The share of a value in a group of which only a few conversations were asked (see ``shares``)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from clioscope.vectors.threads import blocks, in_threads

_STEPS = np.linspace(-8, 8, 97)  # logarithms of a group's factor
# What is tried for the distribution of these logarithms over the groups: mean, growth with the odds that are predicted
# in a group (a group of which many are predicted to have a value may have still more), and spread.
_MEANS = np.array([-1.0, -0.5, 0.0, 0.5, 1.0])
_GROWTHS = np.array([-0.25, 0.0, 0.25, 0.5, 0.75])
_SPREADS = np.array([0.8, 1.2, 1.8, 2.6])
_TAILS = 4  # degrees of freedom of Student's t
_BINS = np.linspace(-6, 6, 49)  # edges of the logarithms of predicted odds
_SURE = np.array([0.025, 0.975])
_BLOCK = 8  # groups of one call of NumPy: few enough for the cache of a core
_HALVINGS = 20  # of the number of conversations, for the ends of an interval: to a millionth of them


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


class Totals(NamedTuple):
    """How many conversations have a value in each of some groups (g,): what is expected, and the ends of the 95 %
    interval."""

    expected: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


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
        asked = np.unique(groups)
        likely = likelihoods(said, chance, np.searchsorted(asked, groups), len(asked))
        logs = np.zeros((len(asked), len(means)))

        def weigh(rows: slice) -> None:
            most = likely[rows].max(axis=1, keepdims=True)
            evidence = empty.priors(predicted[asked[rows]]) @ _single(np.exp(likely[rows] - most))[:, :, None]
            logs[rows] = np.log(evidence[:, :, 0]) + most

        in_threads(weigh, blocks(len(asked), _BLOCK))
        return replace(empty, logs=logs.sum(axis=0))

    def priors(self, predicted: NDArray[np.float64]) -> NDArray[np.float32]:
        """The probability of each step (g, h, s), in groups with these mean chances (g,). In single precision: these
        are most of all the numbers."""
        middle = self.means + self.growths * (_log_odds(predicted)[:, None] - self.usual)
        scale = self.spreads[:, None] * np.sqrt(_TAILS)
        place = (_STEPS / scale).astype(np.float32) - (middle[:, :, None] / scale).astype(np.float32)
        base = 1 + place**2
        density: NDArray[np.float32] = 1 / (base**2 * np.sqrt(base))  # the power -(_TAILS + 1) / 2, but faster
        density /= density.sum(axis=2, keepdims=True)
        return density


def likelihoods(
    said: NDArray[np.float64], chance: NDArray[np.float64], groups: NDArray[np.integer], count: int
) -> NDArray[np.float64]:
    """The logarithm of how likely the answers of each group are (count, s), for each factor.

    ``said`` (m,), 0 or 1, is what was answered, ``chance`` (m,) the chance that it was given, and ``groups`` (m,) the
    group of each, 0 to count-1."""
    from scipy.special import log_expit

    found = np.zeros((count, len(_STEPS)))
    odds = _log_odds(chance)[:, None] + _STEPS
    np.add.at(found, groups, log_expit(np.where(said[:, None] > 0.5, odds, -odds)))
    return found


def small_shares(factors: Factors, likely: NDArray[np.float64], others: Sequence[Rest]) -> Totals:
    """For each of g groups, how many of the conversations that were not asked have the value, each counted by its
    weight.

    ``likely`` (g, s) are the ``likelihoods`` of those that were asked; ``others`` the rest of each group, by strata.
    """
    count = len(others)
    found = Totals(*np.empty((3, count)))

    def estimate(rows: slice) -> None:
        for column, part in zip(found, _small_block(factors, likely[rows], others[rows]), strict=True):
            column[rows] = part

    in_threads(estimate, blocks(count, _BLOCK))
    return found


def _small_block(factors: Factors, likely: NDArray[np.float64], others: Sequence[Rest]) -> Totals:
    from scipy.special import ndtr

    predicted = np.array([rest.chance.sum() / rest.number.sum() for rest in others])
    prior, own = factors.priors(predicted), _single(np.exp(likely - likely.max(axis=1, keepdims=True)))
    # What the group itself says stands in ``logs`` already, so it is not counted twice.
    trust = _single(np.exp(factors.logs - factors.logs.max())) / (prior @ own[:, :, None])[:, :, 0]
    part = (own * (trust[:, None] @ prior)[:, 0]).astype(np.float64)
    part /= part.sum(axis=1, keepdims=True)
    one, two, some = np.stack([rest.bins.sum(axis=0) for rest in others], axis=1)
    odds = _log_odds(np.divide(some, one, where=one > 0, out=np.full_like(some, 0.5)))
    shares = 1 / (1 + np.exp(-odds)[:, :, None] * np.exp(-_STEPS))
    expected = np.einsum("gb,gbs->gs", one, shares)
    spread = np.maximum(np.sqrt(np.einsum("gb,gbs->gs", two, shares * (1 - shares))), 1e-9)
    most = one.sum(axis=1)
    low, high = np.zeros((len(others), len(_SURE))), np.repeat(most[:, None], len(_SURE), axis=1)
    for _ in range(_HALVINGS):
        at = (low + high) / 2
        place = (at[:, :, None] - expected[:, None]) / spread[:, None]
        below = np.einsum("gks,gs->gk", ndtr(place), part) < _SURE
        low, high = np.where(below, at, low), np.where(below, high, at)
    first, last = ((low + high) / 2).T
    step = two.sum(axis=1) / most / 2  # a count goes in whole steps
    middle = np.einsum("gs,gs->g", part, expected)
    return Totals(middle, np.maximum(0.0, first - step), np.minimum(most, last + step))


def _single(numbers: NDArray[np.float64]) -> NDArray[np.float32]:
    return numbers.astype(np.float32)


def _log_odds(chance: Any) -> Any:
    from scipy.special import logit

    return logit(np.clip(chance, 1e-4, 1 - 1e-4))
