"""Axes: where a value stands between the two ends, and which values are written beside the axis."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple


class Axis(NamedTuple):
    """An axis from ``low`` to ``high`` (``low`` < ``high``; above 0 if ``logarithmic``) with its ``ticks``."""

    low: float
    high: float
    ticks: tuple[float, ...]
    logarithmic: bool = False

    def share(self, value: float) -> float:
        """Where ``value`` stands, from 0 at the low end to 1 at the high end; values outside are put at the end."""
        value = min(self.high, max(self.low, value))
        if self.logarithmic:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)


UNIT = Axis(0, 1, (0, 0.25, 0.5, 0.75, 1))


def round_axis(values: Sequence[float]) -> Axis:
    """A linear axis with round ends and at most eight ticks that holds all ``values``; 0 to 1 without values."""
    low, high = min(values, default=0.0), max(values, default=1.0)
    span = max(high - low, 1e-3)
    step: float = 10 ** math.floor(math.log10(span / 4))
    step *= next(times for times in (1, 2, 5, 10) if span / (step * times) <= 6)
    start, end = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    end = max(end, start + 1)
    return Axis(start * step, end * step, tuple(round(number * step, 10) for number in range(start, end + 1)))


def log_axis(values: Sequence[float]) -> Axis:
    """A logarithmic axis for sizes: ends and ticks are 1, 2 or 5 times a power of ten.

    Values below 1 count as 1. Without values the axis runs from 1 to 10.
    """
    least, most = max(1.0, min(values, default=1.0)), max(1.0, *values) if values else 10.0
    steps = [times * 10.0**power for power in range(math.ceil(math.log10(most)) + 2) for times in (1, 2, 5)]
    first = max(place for place, step in enumerate(steps) if step <= least)
    last = min(place for place, step in enumerate(steps) if step >= most and place > first)
    return Axis(steps[first], steps[last], tuple(steps[first : last + 1]), logarithmic=True)


def axis_of_places(values: Sequence[float], *, logarithmic: bool = False) -> Axis:
    """An axis whose ticks are the ``values`` themselves, from the lowest to the highest; 0 to 1 without values.

    Values of a ``logarithmic`` axis are above 0.
    """
    places = sorted(set(values)) or [0.0, 1.0]
    low, high = places[0], places[-1]
    if low == high:  # a single place stands in the middle
        low, high = (low / 2, high * 2) if logarithmic else (low - 0.5, high + 0.5)
    return Axis(low, high, tuple(places), logarithmic)
