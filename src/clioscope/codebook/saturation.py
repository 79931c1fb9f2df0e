"""Whether more notes would bring new kinds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.statistics.intervals import wilson

_ORDERS = 200
_POINTS = 12


class Step(NamedTuple):
    """After ``read`` notes: the mean number of ``kinds`` over random orders, and the range of 95 % of the orders."""

    read: int
    kinds: float
    low: float
    high: float


class NextNew(NamedTuple):
    """The ``chance`` that the next note is of a new kind, with its 95 % interval."""

    chance: float
    low: float
    high: float


def saturation(labels: NDArray[np.integer[Any]], seed: int = 0) -> list[Step]:
    """How many kinds appear with the number of notes read; ``labels`` (n,) are the kinds of the notes."""
    generator, count = np.random.default_rng(seed), len(labels)
    seen = np.empty((_ORDERS, count))
    for order in seen:
        first = np.unique(labels[generator.permutation(count)], return_index=True)[1]
        order[:] = np.cumsum(np.bincount(first, minlength=count))
    places = np.unique(np.linspace(1, count, min(_POINTS, count)).round().astype(int))
    low, high = np.quantile(seen, (0.025, 0.975), axis=0)
    return [Step(int(m), float(seen[:, m - 1].mean()), float(low[m - 1]), float(high[m - 1])) for m in places]


def next_new(labels: NDArray[np.integer[Any]]) -> NextNew:
    """The estimate of Good and Turing: the share of notes that are the only one of their kind (Wilson's interval)."""
    count = len(labels)
    single = int((np.bincount(labels) == 1).sum())
    ends = wilson(single / count, count)
    return NextNew(single / count, float(ends.low), float(ends.high))


def plot(steps: Sequence[Step]) -> str:
    """The curve as SVG."""
    from clioscope.plots.axis import round_axis
    from clioscope.plots.lines import Line, Point, line_plot

    points = [Point(step.read, step.kinds, step.low, step.high) for step in steps]
    up = round_axis([0.0, *(step.high for step in steps)])
    return line_plot([Line("kinds of notes", points)], "Kinds of notes", "notes read", "kinds", up)
