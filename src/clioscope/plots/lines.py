"""Lines over a scale, with a legend."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import svg

from clioscope.plots.axis import UNIT, Axis, axis_of_places
from clioscope.plots.drawing import (
    MARGIN,
    REFERENCE,
    SERIES,
    SOFT,
    WIDTH,
    Frame,
    dot,
    line,
    path,
    sheet,
    shortened,
    text,
    text_width,
    ticks_across,
    ticks_up,
)

_KEY = 36  # the piece of line in the legend, with the space after it
_LEGEND_ROW = 20
_WIDEST_LABEL = 320


class Point(NamedTuple):
    """A place of a line; ``low`` and ``high`` are the range of its values, if they scatter."""

    x: float
    y: float
    low: float | None = None
    high: float | None = None


class Line(NamedTuple):
    """A line through ``points``, in the order of x. A ``reference`` is grey: the others are compared with it."""

    label: str
    points: Sequence[Point]
    reference: bool = False


def line_plot(
    lines: Sequence[Line], title: str, across: str, up: str, axis: Axis = UNIT, *, logarithmic: bool = False
) -> str:
    """Lines over a scale (``across``, ``logarithmic`` if asked for) and ``axis`` (``up``), with a legend above."""
    places = axis_of_places([point.x for each in lines for point in each.points], logarithmic=logarithmic)
    looks = list(_looks(lines))
    legend, rows = _legend(lines, looks)
    top = 34 + _LEGEND_ROW * rows + (26 if up else 8)
    frame = Frame(left=60, right=WIDTH - 40, top=top, bottom=top + 300)
    parts: list[svg.Element] = [*legend, *ticks_up(axis, frame), *ticks_across(places, frame)]
    for each, (colour, dashed) in zip(lines, looks, strict=True):
        spots = [(frame.x(places, point.x), frame.y(axis, point.y), point) for point in _in_order(each)]
        parts.append(path([(x, y) for x, y, _ in spots], colour, dashed=dashed))
        for x, y, point in spots:
            if point.low is not None and point.high is not None:
                ends = frame.y(axis, point.low), frame.y(axis, point.high)
                parts.append(line(x, ends[0], x, ends[1], colour, width=4, opacity=0.3))
            parts.append(dot(x, y, colour, radius=4))
    parts.append(text((frame.left + frame.right) / 2, frame.bottom + 40, across, anchor="middle", colour=SOFT))
    parts.append(text(frame.left, frame.top - 14, up, colour=SOFT))
    return sheet(parts, frame.bottom + (54 if across else 30), title)


def _in_order(each: Line) -> list[Point]:
    return sorted(each.points, key=lambda point: point.x)


def _looks(lines: Sequence[Line]) -> Iterator[tuple[str, bool]]:
    """The colour of each line and whether it is dashed: a reference is, and so are lines that share a colour."""
    drawn = 0
    for each in lines:
        if each.reference:
            yield REFERENCE, True
            continue
        turn, place = divmod(drawn, len(SERIES))
        yield SERIES[place], turn % 2 == 1
        drawn += 1


def _legend(lines: Sequence[Line], looks: Sequence[tuple[str, bool]]) -> tuple[list[svg.Element], int]:
    """The legend and its number of rows: entries stand side by side as far as the sheet is wide."""
    parts: list[svg.Element] = []
    x, row = float(MARGIN), 0
    for each, (colour, dashed) in zip(lines, looks, strict=True):
        label = shortened(each.label, _WIDEST_LABEL)
        wide = _KEY + text_width(label)
        if x > MARGIN and x + wide > WIDTH - MARGIN:
            x, row = float(MARGIN), row + 1
        y = 40 + _LEGEND_ROW * row
        parts.append(path([(x, y), (x + 28, y)], colour, dashed=dashed))
        parts.append(text(x + _KEY, y + 4, label))
        x += wide + 20
    return parts, row + 1 if lines else 0
