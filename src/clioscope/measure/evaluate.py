"""Every metric that can be computed from the arrays at hand."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from inspect import Parameter, signature
from typing import Any

from clioscope.errors import ClioscopeError
from clioscope.measure.figure import Figure, around, jackknife
from clioscope.measure.metric import Metric, metrics


def evaluate(arrays: Mapping[str, Any] | Material, names: Iterable[str] | None = None) -> dict[str, Figure]:
    """Figures of all registered metrics (or those in ``names``) whose arrays are among ``arrays``.

    ``arrays`` maps parameter names to arrays (see ``metric``). What several metrics share (neighbours of a
    sample, cosines to the groups, ranks on the map, refits) is computed once; in several calls, too, where
    ``arrays`` is a ``Material``. Metrics that return a plain float over conversations get their interval by the
    delete-a-group jackknife. Undefined figures are left out.

    Raises ClioscopeError, naming the metric, when one fails.
    """
    material = arrays if isinstance(arrays, Material) else Material(arrays)
    found: dict[str, Figure] = {}
    for name in metrics.usable() if names is None else names:
        one = metrics.get(name)
        if not all(material.has(needed) for needed in one.needs):
            continue
        try:
            figure = _figure(one, material)
        except ClioscopeError:
            raise
        except Exception as error:  # a user's metric: anything may be wrong with it
            raise ClioscopeError(f"The metric {name!r} failed: {error!r}.") from error
        if math.isfinite(figure.value):
            found[name] = figure
    return found


def _figure(one: Metric[..., Any], material: Material) -> Figure:
    given = {name: material.get(name) for name in one.takes if material.has(name)}
    value = one(**given)
    if isinstance(value, Figure):
        figure = value
    elif one.rows and all(row in given for row in one.rows):
        rest = {name: part for name, part in given.items() if name not in one.rows}
        rows = [given[row] for row in one.rows]
        error = jackknife(lambda *parts: one(**dict(zip(one.rows, parts, strict=True)), **rest), *rows)
        figure = around(float(value), error, len(rows[0]))
    else:
        figure = Figure(float(value), n=_items(one, given))
    return _within(figure, one)


def _within(figure: Figure, one: Metric[..., Any]) -> Figure:
    """The interval, cut at the ends of the metric's range."""
    if figure.low is None or figure.high is None:
        return figure
    return figure._replace(low=max(figure.low, one.low), high=min(figure.high, one.high))


def _items(one: Metric[..., Any], given: Mapping[str, Any]) -> int:
    return next((len(given[name]) for name in one.needs if hasattr(given[name], "__len__")), 0)


class Material:
    """Arrays by name, and what can be derived from them, each computed once when first asked for."""

    def __init__(self, arrays: Mapping[str, Any]) -> None:
        self._arrays = {name: array for name, array in arrays.items() if array is not None}

    def has(self, name: str) -> bool:
        """Whether the array is there or can be derived."""
        if name in self._arrays:
            return True
        rule = _derived().get(name)
        return rule is not None and all(self.has(needed) for needed in _required(rule))

    def get(self, name: str) -> Any:
        """The array, derived if need be."""
        if name not in self._arrays:
            rule = _derived()[name]
            given = {one: self.get(one) for one in signature(rule).parameters if self.has(one)}
            self._arrays[name] = rule(**given)
        return self._arrays[name]


def _required(rule: Callable[..., Any]) -> list[str]:
    return [one.name for one in signature(rule).parameters.values() if one.default is Parameter.empty]


def _derived() -> dict[str, Callable[..., Any]]:
    from clioscope.measure.cosines import group_cosines
    from clioscope.measure.map_quality import map_ranks
    from clioscope.measure.sampled_neighbours import sampled_neighbours
    from clioscope.measure.stability import refits

    return {
        "near": sampled_neighbours,
        "cosines": group_cosines,
        "centred_cosines": partial(group_cosines, centred=True),
        "ranks": map_ranks,
        "refitted": refits,
    }
