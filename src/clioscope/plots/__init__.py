"""Plots as SVG text: intervals, points and lines, for the report card and for the reports of experiments.

A plot stands in a page and as a file of its own. The same input gives the same text, and nothing is fetched.
"""

from clioscope.plots.axis import UNIT, Axis, log_axis, round_axis
from clioscope.plots.intervals import Interval, interval_plot
from clioscope.plots.lines import Line, Point, line_plot
from clioscope.plots.scatter import Dot, scatter_plot

__all__ = [
    "UNIT",
    "Axis",
    "Dot",
    "Interval",
    "Line",
    "Point",
    "interval_plot",
    "line_plot",
    "log_axis",
    "round_axis",
    "scatter_plot",
]
