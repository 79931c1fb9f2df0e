"""What a metric returns: a value, its 95 % interval, the number of items, and the value of each group."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.statistics.intervals import Z95, wilson


class Figure(NamedTuple):
    """One measured figure.

    ``value`` is NaN if the metric is undefined. ``low`` and ``high`` bound a 95 % interval for the uncertainty from
    sampling conversations (None: counted, not estimated). ``n``: how many items the figure is based on. ``groups``: the
    value of each group 0..k-1, NaN for a group without one; None for metrics without values of groups.
    """

    value: float
    low: float | None = None
    high: float | None = None
    n: int = 0
    groups: NDArray[np.float64] | None = None


UNDEFINED = Figure(math.nan)


def around(value: float, error: float, n: int, groups: NDArray[np.float64] | None = None) -> Figure:
    """A figure with the normal interval of a standard error."""
    if not math.isfinite(error):
        return Figure(float(value), None, None, n, groups)
    return Figure(float(value), float(value - Z95 * error), float(value + Z95 * error), n, groups)


def macro(
    values: NDArray[Any],
    labels: NDArray[np.integer[Any]],
    count: int,
    weights: NDArray[Any] | None = None,
) -> Figure:
    """Mean over groups of the mean within each, so that small groups count as much as large ones.

    ``values`` (s,) and ``labels`` (s,) of sampled rows, NaN where a row has none; ``count`` groups;
    ``weights`` (s,): how many rows each stands for. The interval takes the groups as given and the rows as
    drawn: its variance is the mean over groups of s_g^2 / n_g, divided by the number of groups; groups of one
    row borrow the pooled variance.
    """
    values = np.asarray(values, dtype=np.float64)
    present = np.isfinite(values) & (labels >= 0)
    values, labels = values[present], labels[present]
    share = np.ones(len(values)) if weights is None else np.asarray(weights, dtype=np.float64)[present]
    total = np.bincount(labels, share, count)
    size = np.bincount(labels, minlength=count)
    inside = size > 0
    if not inside.any():
        return UNDEFINED
    with np.errstate(invalid="ignore", divide="ignore"):
        means = np.bincount(labels, share * values, count) / total
        squares = np.bincount(labels, share * (values - means[labels]) ** 2, count) / total
        variance = squares * size / np.maximum(size - 1, 1)
    many = size > 1
    pooled = float(np.average(variance[many], weights=size[many] - 1)) if many.any() else math.nan
    variance = np.where(many, variance, pooled)
    groups = int(inside.sum())
    error = math.sqrt(float((variance[inside] / size[inside]).sum())) / groups
    return around(float(means[inside].mean()), error, len(values), np.where(inside, means, np.nan))


def macro_quantile(
    values: NDArray[np.float64], labels: NDArray[np.integer[Any]], count: int, quantile: float
) -> Figure:
    """Mean over groups 0..count-1 of a quantile (0 to 1) of the ``values`` (n,) within each; NaN values are left out.

    The interval takes the groups as given and the rows as drawn, as that of ``macro``: the standard error within a
    group is that of Maritz and Jarrett (1978), the spread of the rows under the weights of Harrell and Davis (a
    fifth too wide at the 10th percentile of 50 rows).
    """
    from scipy.special import betainc

    present = np.isfinite(values) & (labels >= 0)
    order = np.lexsort((values[present], labels[present]))
    ranked, own = values[present][order], labels[present][order]
    sizes = np.bincount(own, minlength=count)
    starts = np.cumsum(sizes) - sizes
    inside = sizes > 0
    if not inside.any():
        return UNDEFINED
    here = (sizes[inside] - 1) * quantile
    below = np.floor(here).astype(np.intp)
    first = starts[inside]
    low, high = ranked[first + below], ranked[first + np.minimum(below + 1, sizes[inside] - 1)]
    quantiles = np.full(count, np.nan)
    quantiles[inside] = low + (high - low) * (here - below)
    size = sizes[own]
    place = np.arange(len(own)) - starts[own]
    ends = betainc(quantile * (size + 1), (1 - quantile) * (size + 1), (place + 1) / size)
    weights = np.diff(ends, prepend=0.0)
    weights[first] = ends[first]
    squares = np.bincount(own, weights * ranked**2, count) - np.bincount(own, weights * ranked, count) ** 2
    error = math.sqrt(max(0.0, float(squares.sum()))) / int(inside.sum())
    return around(float(quantiles[inside].mean()), error, int(present.sum()), quantiles)


def mean(values: NDArray[Any]) -> Figure:
    """The plain mean of independent values with the interval of its standard error; NaN values are left out."""
    values = np.asarray(values, dtype=np.float64)
    values = values[np.isfinite(values)]
    if not len(values):
        return UNDEFINED
    error = float(values.std(ddof=1)) / math.sqrt(len(values)) if len(values) > 1 else math.nan
    return around(float(values.mean()), error, len(values))


def over_draws(draws: Sequence[float], n: int, groups: NDArray[Any] | None = None) -> Figure:
    """Mean over draws, with Student's interval. Draws of the same rows overlap, so the interval is a little too narrow.

    Undefined draws are left out; a single draw has no interval.
    """
    from scipy.special import stdtrit

    values = np.asarray(draws, dtype=np.float64)
    values = values[np.isfinite(values)]
    if not len(values):
        return UNDEFINED
    value = float(values.mean())
    if len(values) < 2:
        return Figure(value, None, None, n, groups)
    reach = float(stdtrit(len(values) - 1, 0.975) * values.std(ddof=1) / math.sqrt(len(values)))
    return Figure(value, value - reach, value + reach, n, groups)


def share(count: int, of: int, *, exact: bool = False) -> Figure:
    """``count`` of ``of`` as a share, with Wilson's interval or the exact one of Clopper and Pearson (1934)."""
    if of == 0:
        return UNDEFINED
    if not exact:
        ends = wilson(count / of, of)
        return Figure(count / of, float(ends.low), float(ends.high), int(of))
    from scipy.special import betaincinv

    low = float(betaincinv(count, of - count + 1, 0.025)) if count > 0 else 0.0
    high = float(betaincinv(count + 1, of - count, 0.975)) if count < of else 1.0
    return Figure(count / of, low, high, int(of))


def jackknife(function: Callable[..., float], *rows: NDArray[Any], folds: int = 20, seed: int = 0) -> float:
    """Standard error of ``function(*rows)`` by the delete-a-group jackknife (Efron and Tibshirani 1993, 11).

    All ``rows`` have the same length and lose the same items together. Unlike a bootstrap it never repeats an
    item, which agreement of partitions would count as agreement. NaN for fewer than three items.
    """
    fold = parts_of(len(rows[0]), folds, seed)
    count = int(fold.max(initial=-1)) + 1
    if count < 3:
        return math.nan
    return jackknife_error([function(*(items[fold != part] for items in rows)) for part in range(count)])


def parts_of(count: int, folds: int = 20, seed: int = 0) -> NDArray[np.intp]:
    """The part 0..folds-1 that each of ``count`` items belongs to, drawn at random; no part is empty."""
    return np.random.default_rng(seed).permutation(np.arange(count) % max(1, min(folds, count)))


def jackknife_error(left: Sequence[float]) -> float:
    """Standard error of a figure from its values with one part after the other left out; NaN for fewer than three."""
    if len(left) < 3:
        return math.nan
    values = np.asarray(left, dtype=np.float64)
    return float(math.sqrt((len(values) - 1) / len(values) * ((values - values.mean()) ** 2).sum()))
