"""Every metric that can be computed from the arrays at hand."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from clioscope.errors import ClioscopeError
from clioscope.measure.arrays import Arrays
from clioscope.measure.figure import Figure, around, jackknife
from clioscope.measure.metric import Metric, metrics


def evaluate(arrays: Mapping[str, Any] | Arrays, names: Iterable[str] | None = None) -> dict[str, Figure]:
    """Figures of all registered metrics (or those in ``names``) whose arrays are among ``arrays``.

    ``arrays`` maps parameter names to arrays (see ``metric``). Several metrics share what is derived from them
    (neighbours of a sample, cosines to the groups, ranks on the map, refits). It is computed once per call, or once
    for all calls with the same ``Arrays``. A metric that returns a plain float over conversations gets its interval
    from the delete-a-group jackknife. Undefined figures are left out.

    Raises ClioscopeError, naming the metric, when one fails.
    """
    shared = arrays if isinstance(arrays, Arrays) else Arrays(arrays)
    figures: dict[str, Figure] = {}
    for name in metrics.usable() if names is None else names:
        metric = metrics.get(name)
        if not all(shared.has(needed) for needed in metric.needs):
            continue
        try:
            figure = _figure(metric, shared)
        except ClioscopeError:
            raise
        except Exception as error:  # a user's metric: anything may be wrong with it
            raise ClioscopeError(f"The metric {name!r} failed: {error!r}.") from error
        if math.isfinite(figure.value):
            figures[name] = figure
    return figures


def _figure(metric: Metric[..., Any], arrays: Arrays) -> Figure:
    given = {name: arrays.get(name) for name in metric.takes if arrays.has(name)}
    value = metric(**given)
    if isinstance(value, Figure):
        figure = value
    elif metric.rows and all(row in given for row in metric.rows):
        rest = {name: array for name, array in given.items() if name not in metric.rows}
        rows = [given[row] for row in metric.rows]
        error = jackknife(lambda *parts: metric(**dict(zip(metric.rows, parts, strict=True)), **rest), *rows)
        figure = around(float(value), error, len(rows[0]))
    else:
        figure = Figure(float(value), n=_items(metric, given))
    return _within(figure, metric)


def _within(figure: Figure, metric: Metric[..., Any]) -> Figure:
    """The interval, cut at the ends of the metric's range."""
    if figure.low is None or figure.high is None:
        return figure
    return figure._replace(low=max(figure.low, metric.low), high=min(figure.high, metric.high))


def _items(metric: Metric[..., Any], given: Mapping[str, Any]) -> int:
    return next((len(given[name]) for name in metric.needs if hasattr(given[name], "__len__")), 0)
