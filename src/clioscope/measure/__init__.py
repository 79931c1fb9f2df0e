"""Measuring: every stage has a figure, and the atlas carries its own report card."""

from clioscope.measure.api import against_labels, label_free, tree_against_labels
from clioscope.measure.evaluate import evaluate
from clioscope.measure.figure import Figure
from clioscope.measure.metric import Metric, metric, metrics

__all__ = [
    "Figure",
    "Metric",
    "against_labels",
    "evaluate",
    "label_free",
    "metric",
    "metrics",
    "tree_against_labels",
]
