"""What a metric promises."""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from clioscope.measure.arrays import Arrays
from clioscope.measure.figure import Figure
from clioscope.measure.metric import Metric
from clioscope.testing.promise import carry_out, promise, same_twice, unit_groups

_ROWS, _GROUPS = 120, 8
_OF_ROWS = ("vectors", "labels", "truth", "places", "given")
_LARGEST_CHANGE = 1e-3  # of a figure when the conversations come in another order: its sums round differently


def check_metric(metric: Metric[..., Any], arrays: Mapping[str, Any] | None = None) -> None:
    """Raise AssertionError where the metric breaks a promise of ``Metric``.

    It is tried on 120 made-up conversations in 8 groups with labels, places and a tree of two levels. ``arrays`` take
    the place of those of their names, or add some.
    """
    promise(isinstance(metric, Metric), f"A metric is a Metric, not a {type(metric).__name__}; use @metric(...).")
    said = f"The metric {metric.name}"
    _check_words(metric, said)
    given = sample_arrays() | dict(arrays or {})
    held = Arrays(given)
    missing = [name for name in metric.needs if not held.has(name)]
    promise(
        not missing,
        f"{said} needs {', '.join(missing)}, which Clioscope does not hand to metrics, so it would never be "
        "measured (docs/measuring.md).",
    )
    handed = _handed(metric, held)
    before = copy.deepcopy({name: value for name, value in handed.items() if name not in ("refit", "refitted")})
    value = same_twice(lambda: metric(**handed), f"{said} does not return the same for the same arrays")
    for name, value_before in before.items():
        promise(_unchanged(value_before, handed[name]), f"{said} changes {name}, which it is given.")
    _check_figure(metric, value, handed, said)
    if not given.keys() & {"judgements", "scores", "refit"} & set(metric.takes) and "seed" not in metric.takes:
        _check_order(metric, given, value, said)
    if metric.rows and all(name in handed for name in metric.rows):
        kept = {name: np.asarray(handed[name])[: _ROWS * 9 // 10] for name in metric.rows}
        fewer = carry_out(
            lambda: metric(**(handed | kept)),
            f"{said} names {', '.join(metric.rows)} as `rows`, but fails where conversations are left out",
        )
        _check_figure(metric, fewer, handed | kept, f"{said}, with conversations left out,")


def sample_arrays(seed: int = 0) -> dict[str, Any]:
    """What a metric may be handed, made up: 120 conversations in 8 groups, under 4 upper ones."""
    generator = np.random.default_rng(seed)
    vectors, labels = unit_groups(_ROWS, _GROUPS, seed=seed)
    truth = np.where(generator.random(_ROWS) < 0.8, labels, generator.integers(0, _GROUPS, _ROWS))
    parents = np.concatenate([_GROUPS + np.arange(_GROUPS) // 2, np.full(_GROUPS // 2, -1)])
    return {
        "vectors": vectors,
        "labels": labels,
        "truth": truth,
        "places": vectors[:, :2] + vectors[:, 2:4] * 2 + generator.normal(0, 0.01, (_ROWS, 2)),
        "levels": [labels, labels // 2],
        "names": [f"{verb} {what}" for verb in ("Bake", "Fix", "Plan") for what in ("bread", "code", "trips", "cards")],
        "requests": [[f"{verb} {what} today" for what in ("bread", "code")] for verb in ("Bake", "Fix", "Plan") * 4],
        "parents": parents,
        "sizes": np.array([*np.bincount(labels), *np.bincount(labels // 2)]),
        "name_vectors": unit_groups(len(parents), seed=seed + 1)[0],
        "given": labels,
        "scores": [5, 4, None, 1, 2, 5],
        "judgements": [],
        "refit": _refit,
        "seed": seed,
    }


def _refit(vectors: Any, count: int, seed: int) -> Any:
    """Groups of some of the conversations, as a build would make them: by the nearest axis."""
    return np.unique(np.asarray(vectors)[:, :count].argmax(axis=1), return_inverse=True)[1]


def _handed(metric: Metric[..., Any], held: Arrays) -> dict[str, Any]:
    return {name: held.get(name) for name in metric.takes if held.has(name)}


def _check_words(metric: Metric[..., Any], said: str) -> None:
    promise(bool(metric.family.strip()), f"{said} has no `family`, the section of the report card.")
    promise(metric.low < metric.high, f"{said} has the range {metric.low:g} to {metric.high:g}; `low` is below `high`.")
    promise(metric.better in ("higher", "lower", "neither"), f"{said} has `better` {metric.better!r}.")
    promise(bool(metric.meaning.strip()), f"{said} has no `meaning`, a sentence for its reader.")
    promise(bool(metric.source.strip()), f"{said} has no `source`, where it is defined.")
    strange = [name for name in metric.rows if name not in metric.takes]
    promise(not strange, f"{said} names {', '.join(strange)} as `rows`, which it does not take.")


def _check_figure(metric: Metric[..., Any], value: Any, handed: Mapping[str, Any], said: str) -> None:
    promise(
        isinstance(value, Figure | float | int | np.floating | np.integer),
        f"{said} returns a {type(value).__name__}, not a number or a Figure.",
    )
    figure = value if isinstance(value, Figure) else Figure(float(value))
    if math.isnan(figure.value):
        return
    room = 1e-9
    promise(
        metric.low - room <= figure.value <= metric.high + room,
        f"{said} returns {figure.value:g}, which is outside its range {metric.low:g} to {metric.high:g}.",
    )
    if figure.low is not None and figure.high is not None:
        promise(
            figure.low - room <= figure.value <= figure.high + room,
            f"{said} returns {figure.value:g} outside its own interval {figure.low:g} to {figure.high:g}.",
        )
    if figure.groups is not None and "labels" in handed:
        count = int(np.max(handed["labels"])) + 1
        promise(
            len(figure.groups) == count, f"{said} returns figures of {len(figure.groups)} groups; there are {count}."
        )


def _check_order(metric: Metric[..., Any], given: Mapping[str, Any], value: Any, said: str) -> None:
    order = np.random.default_rng(3).permutation(_ROWS)
    turned: dict[str, Any] = {name: np.asarray(given[name])[order] for name in _OF_ROWS if name in given}
    turned["levels"] = [np.asarray(labels)[order] for labels in given["levels"]]
    other = metric(**_handed(metric, Arrays({**given, **turned})))
    first, second = (one.value if isinstance(one, Figure) else float(one) for one in (value, other))
    promise(
        (math.isnan(first) and math.isnan(second)) or abs(first - second) <= _LARGEST_CHANGE * max(1.0, abs(first)),
        f"{said} returns {first:g}, and {second:g} where the same conversations come in another order.",
    )


def _unchanged(before: Any, after: Any) -> bool:
    if isinstance(before, np.ndarray):
        return bool(np.array_equal(before, after, equal_nan=before.dtype.kind == "f"))
    if isinstance(before, list | tuple):
        return len(before) == len(after) and all(map(_unchanged, before, after))
    return bool(before == after) if isinstance(before, str | int | float | type(None)) else True
