"""Shares with intervals, and the difference of two of them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from clioscope.statistics.intervals import Z95
from clioscope.statistics.intervals import wilson as ends_of

_SURE = 0.975  # the upper end of a 95 % interval


class Share(NamedTuple):
    """A share with its 95 % interval, all 0 to 1. ``worth``: how many independent records it is worth."""

    share: float
    low: float
    high: float
    worth: float


class Difference(NamedTuple):
    """The second share less the first, -1 to 1, with its 95 % interval, and p of no difference."""

    change: float
    low: float
    high: float
    p: float


def wilson(share: float, worth: float, slack: float = 0.0) -> Share:
    """Wilson's interval (1927) of a share among ``worth`` independent records; each end is moved by ``slack``."""
    low, high = float(ends_of(share - slack, worth).low), float(ends_of(share + slack, worth).high)
    return Share(share, max(0.0, min(low, share)), min(1.0, max(high, share)), worth)


def widened(sampled: Share, low: float, high: float) -> Share:
    """The interval of a share that is an estimate itself, with an interval from ``low`` to ``high``.

    The two uncertainties are independent: who happens to be in the data, and what was inferred of those who are.
    """
    share = sampled.share
    below = float(np.hypot(share - sampled.low, share - min(low, share)))
    above = float(np.hypot(sampled.high - share, max(high, share) - share))
    return sampled._replace(low=max(0.0, share - below), high=min(1.0, share + above))


def worth_of(share: float, variance: float, kish: float, total: float) -> float:
    """How many independent records a share is worth whose estimate has this ``variance``.

    At least what people are worth if each is always alike (``kish``), at most all records. Few people tell little of
    the variance, so it counts as Student's t with as many degrees of freedom as there are such people asks for.
    """
    from scipy.stats import t

    if not 0 < share < 1 or variance <= 0:
        return kish
    unsure = float((Z95 / t.ppf(_SURE, max(kish - 1, 1))) ** 2)
    return max(min(share * (1 - share) / variance, total) * unsure, min(kish, total))


def difference(before: Share, after: Share, alike: float = 0.0) -> Difference:
    """``after`` less ``before``, by the method of variance estimates recovery (Newcombe 1998; Zou and Donner 2008).

    ``alike``: the correlation of the two estimates, -1 to 1; above 0 where both have people or conversations in common.
    p is that of a normal test with the variance of the joint share, widened as the intervals are.
    """
    from scipy.stats import norm

    change = after.share - before.share

    def reach(one: float, other: float) -> float:
        return float(np.sqrt(max(0.0, one**2 + other**2 - 2 * alike * one * other)))

    low = change - reach(after.share - after.low, before.high - before.share)
    high = change + reach(after.high - after.share, before.share - before.low)
    worth = before.worth + after.worth
    if worth <= 0:
        return Difference(change, max(-1.0, low), min(1.0, high), 1.0)
    joint = (before.share * before.worth + after.share * after.worth) / worth
    spread = joint * (1 - joint)
    errors = [float(np.sqrt(spread / one.worth)) if one.worth > 0 else 1.0 for one in (before, after)]
    for place, one in enumerate((before, after)):  # an estimate is less sure than its records alone make it
        plain = wilson(one.share, one.worth)
        width = plain.high - plain.low
        errors[place] *= max(1.0, (one.high - one.low) / width) if width > 0 else 1.0
    error = float(np.sqrt(max(0.0, errors[0] ** 2 + errors[1] ** 2 - 2 * alike * errors[0] * errors[1])))
    z = 0.0 if change == 0 else abs(change) / error if error > 0 else np.inf
    return Difference(change, max(-1.0, low), min(1.0, high), float(2 * norm.sf(z)))
