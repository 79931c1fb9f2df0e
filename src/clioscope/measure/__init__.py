"""Measures of an atlas: figures for every stage, and a report card.

The package can be called: ``clioscope.measure(atlas, labels=…)`` is ``measure_atlas``. For arrays there are
``measure.label_free(vectors, labels)`` and ``measure.against_labels(labels, truth)``.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

from clioscope.measure.api import against_labels, label_free, tree_against_labels
from clioscope.measure.evaluate import evaluate
from clioscope.measure.figure import Figure
from clioscope.measure.metric import Metric, metric, metrics

if TYPE_CHECKING:
    from clioscope.measure.comparison import compare
    from clioscope.measure.measured import measure_atlas
    from clioscope.measure.record import Measured

__all__ = [
    "Figure",
    "Measured",
    "Metric",
    "against_labels",
    "compare",
    "evaluate",
    "label_free",
    "measure_atlas",
    "metric",
    "metrics",
    "tree_against_labels",
]

_HOMES = {"Measured": "record", "compare": "comparison", "measure_atlas": "measured"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'clioscope.measure' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"clioscope.measure.{_HOMES[name]}"), name)


class _Measure(ModuleType):
    """A package that can be called."""

    def __call__(self, *args: Any, **kwargs: Any) -> Measured:
        from clioscope.measure.measured import measure_atlas

        return measure_atlas(*args, **kwargs)


sys.modules[__name__].__class__ = _Measure
