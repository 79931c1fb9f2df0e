"""The share of a value in a group, from the few conversations that were asked and the predictions for the others.

Large samples: prediction-powered inference (Angelopoulos et al., Science 382, 2023). The predicted share of all is
corrected by how wrong the predictions were for the asked ones, which were predicted without their own answers (Zrnic
and Candès, PNAS 2024) and are a random part of each base group. Predictions count as much as they are worth (the factor
lambda of PPI++, Angelopoulos, Duchi and Zrnic 2023). What was asked is known, so only the others are uncertain (the
finite population correction), and with all asked the share is exact. The interval is Wilson's (1927) for as many
conversations as the estimate is worth, so that it is sound near 0 and 1.

Small samples: two to eight asked conversations say little by themselves. There the odds of a value in a group are the
predicted odds times a factor of the group. How much this factor varies between groups is learnt from all of them
(empirical Bayes, as in small area estimation: Rao and Molina 2015; with predictions: Li and Ignatiadis 2025). The
factor's distribution has heavy tails, so that a group that differs from all others is believed when it says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.prediction.small_samples import Factors, Rest, likelihoods, small_shares
from clioscope.statistics.intervals import wilson

LARGE = 30  # asked conversations from which on a sample speaks for itself
_PRIOR = 20  # asked conversations that the expected error of the predictions counts as, beside those of the group
_SURE = 0.975


class Share(NamedTuple):
    """A share with its 95 % interval, in [0, 1]."""

    share: float
    low: float
    high: float


class Sample(NamedTuple):
    """What is known of one value in n conversations. ``said`` (n,): 1 where the model said this value, 0 where it said
    another, NaN where it said none. ``chance`` (n,): its predicted probability, made without ``said``. ``weight`` (n,):
    how often each conversation counts."""

    said: NDArray[np.float64]
    chance: NDArray[np.float64]
    weight: NDArray[np.float64]

    @property
    def known(self) -> NDArray[np.bool_]:
        """Where the model said something (n,)."""
        return np.isfinite(self.said)


class _Held(NamedTuple):
    """A union of ``strata``: the rows that were ``asked``, and the ``rest`` of each stratum. ``certain``: the weight of
    those who said the value; ``others``: that of all that were not asked; ``whole``: that of all; ``most``: the largest
    share that what was said allows."""

    strata: NDArray[np.integer]
    asked: NDArray[np.integer]
    rest: Rest
    certain: float
    others: float
    whole: float
    most: float


class Shares:
    """The shares of one value, in any group that is made of strata.

    ``strata`` (n,): the base group of each conversation, 0 to k-1. The asked ones of a base group are taken for a
    random part of it.
    """

    def __init__(self, sample: Sample, strata: NDArray[np.integer]) -> None:
        self._sample, self._strata = sample, np.asarray(strata)
        self._count = int(self._strata.max(initial=-1)) + 1
        known = sample.known
        asked = np.flatnonzero(known)
        self._asked = asked[np.argsort(self._strata[asked], kind="stable")]
        self._starts = np.searchsorted(self._strata[self._asked], np.arange(self._count + 1))
        self._rest = Rest.by_stratum(sample.chance[~known], sample.weight[~known], self._strata[~known], self._count)
        self._worth = _worth(sample.said[known], sample.chance[known])

    def of(self, groups: NDArray[np.integer]) -> Share:
        """The share in the union of some strata. NaN where no conversation counts."""
        return self.of_each([groups])[0]

    def of_each(self, parts: Sequence[NDArray[np.integer]]) -> list[Share]:
        """The share in each of some unions of strata, as ``of`` has it."""
        held = [self._held(part) for part in parts]
        small = [one for one in held if one.others > 0 and len(one.asked) < LARGE]
        told = small_shares(self._factors, self._likely(small), [one.rest for one in small]) if small else ()
        estimates = zip(*told, strict=True)
        found = []
        for one in held:
            if one.whole <= 0:
                found.append(Share(np.nan, np.nan, np.nan))
            elif one.others <= 0:
                found.append(Share(*(3 * (one.certain / one.whole,))))
            else:
                if len(one.asked) < LARGE:
                    share = Share(*((one.certain + float(part)) / one.whole for part in next(estimates)))
                else:
                    share = self._large(one)
                low, high = max(share.low, one.certain / one.whole), min(share.high, one.most)
                found.append(Share(min(max(share.share, low), high), low, high))
        return found

    def _held(self, groups: NDArray[np.integer]) -> _Held:
        own = np.unique(groups)
        parts = [self._asked[self._starts[group] : self._starts[group + 1]] for group in own.tolist()]
        asked = np.sort(np.concatenate([self._asked[:0], *parts]))
        weight, said, rest = self._sample.weight[asked], self._sample.said[asked], self._rest.of(own)
        certain, others = float((weight * said).sum()), float(rest.weight.sum())
        whole = float(weight.sum()) + others
        most = 1 - float((weight * (1 - said)).sum()) / whole if whole > 0 else np.nan
        return _Held(own, asked, rest, certain, others, whole, most)

    def _likely(self, groups: Sequence[_Held]) -> NDArray[np.float64]:
        """How likely the answers of each group are, for each factor (g, s)."""
        asked = np.concatenate([one.asked for one in groups])
        place = np.repeat(np.arange(len(groups)), [len(one.asked) for one in groups])
        return likelihoods(self._sample.said[asked], self._sample.chance[asked], place, len(groups))

    @cached_property
    def _factors(self) -> Factors:
        sample, asked = self._sample, self._asked
        sizes = np.bincount(self._strata, minlength=self._count)
        predicted = np.bincount(self._strata, sample.chance, self._count) / np.maximum(sizes, 1)
        return Factors.fit(sample.said[asked], sample.chance[asked], self._strata[asked], predicted)

    def _large(self, held: _Held) -> Share:
        """Stratified by base group. A stratum of which nobody was asked is corrected like the others together."""
        groups, asked, others, certain, whole = held.strata, held.asked, held.rest, held.certain, held.whole
        weight, place = self._sample.weight[asked], np.searchsorted(groups, self._strata[asked])
        wrong = self._sample.said[asked] - self._worth * self._sample.chance[asked]
        rest, rest2 = others.weight, others.weight2
        told, told2 = (np.bincount(place, weight**power, len(groups)) for power in (1, 2))
        seen = told > 0
        sums = np.bincount(place, weight * wrong, len(groups))
        mended = np.divide(sums, told, where=seen, out=np.zeros_like(told))
        unseen = ~seen & (rest > 0)
        mended[unseen] = np.average(mended[seen], weights=told[seen] + rest[seen])
        # How many conversations of equal weight were asked. Where nobody was, the correction is as unsure as by two.
        number = np.divide(told**2, told2, where=seen, out=np.full_like(told, 2.0))
        guessed = self._worth * float(others.weighted.sum())
        share = (certain + guessed + float((rest * mended).sum())) / whole
        # Squared error of the estimate, for a variance of 1 of what is wrong with a single prediction.
        error = float((rest**2 / number + rest2)[rest > 0].sum()) / whole**2
        variance = self._variance(wrong, others)
        floor = 0.5 / (len(asked) + 1)
        usual_share = min(max(share, floor), 1 - floor)
        spread = usual_share * (1 - usual_share)
        unsure = error * min(variance, spread)
        freedom = len(asked) - int(seen.sum()) + _PRIOR
        return _wilson(share, spread / unsure if unsure > 0 else np.inf, freedom)

    def _variance(self, wrong: NDArray[np.float64], others: Rest) -> float:
        """The variance of what is wrong with a prediction: that of the asked, beside what the probabilities of the
        others let expect, which counts as much as 20 asked ones. So a few lucky predictions prove nothing."""
        number, chance, square = (float(part.sum()) for part in (others.number, others.chance, others.chance2))
        between = max(0.0, square / number - (chance / number) ** 2)
        expected = (chance - square) / number + (1 - self._worth) ** 2 * between
        return float(((wrong - wrong.mean()) ** 2).sum() + _PRIOR * expected) / (len(wrong) - 1 + _PRIOR)


def _worth(said: NDArray[np.float64], chance: NDArray[np.float64]) -> float:
    """How much predictions count, in [0, 1]: what makes the corrected share least uncertain (PPI++)."""
    if len(said) < 2 or np.ptp(chance) == 0:
        return 0.0
    return float(np.clip(np.cov(said, chance)[0, 1] / np.var(chance, ddof=1), 0, 1))


def _wilson(share: float, number: float, freedom: int) -> Share:
    """Wilson's interval for a share among ``number`` conversations, with Student's t for ``freedom`` degrees."""
    from scipy.special import stdtrit

    share, t = min(max(share, 0.0), 1.0), float(stdtrit(max(1, freedom), _SURE))
    ends, usual = wilson(share, number, t), t * np.sqrt(share * (1 - share) / number)
    # Wilson's reaches 0 only for a share of 0, but an estimate above 0 may be mere chance; the wider end counts.
    low, high = min(ends.low, share - usual), max(ends.high, share + usual)
    return Share(share, max(0.0, float(low)), min(1.0, float(high)))
