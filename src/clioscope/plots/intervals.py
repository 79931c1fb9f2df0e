"""Values with their intervals, one per line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import svg

from clioscope.plots.axis import UNIT, Axis
from clioscope.plots.drawing import (
    MARGIN,
    STATES,
    WIDTH,
    Frame,
    dot,
    line,
    sheet,
    shortened,
    text,
    text_width,
    ticks_across,
)

_ROW, _TWO_LINES = 26, 38
_WIDEST_LABEL = 360


class Interval(NamedTuple):
    """A value and its interval, if it has one; ``state`` is a key of ``drawing.STATES`` and gives the colour."""

    label: str
    value: float
    low: float | None = None
    high: float | None = None
    state: str = "plain"


def interval_plot(intervals: Sequence[Interval], title: str, axis: Axis = UNIT, *, digits: int = 2) -> str:
    """Each value as a dot on its interval, with its label on the left and its figure (``digits`` decimals) on the
    right. Long labels take two lines."""
    labels = [_in_two_lines(interval.label) for interval in intervals]
    widest = max((text_width(words) for lines in labels for words in lines), default=0)
    row = _TWO_LINES if any(len(lines) > 1 for lines in labels) else _ROW
    figures = [f"{interval.value:,.{digits}f}" for interval in intervals]
    frame = Frame(
        left=2 * MARGIN + widest,
        right=WIDTH - 2 * MARGIN - max(map(text_width, figures), default=0),
        top=34,
        bottom=34 + row * len(intervals),
    )
    parts: list[svg.Element] = ticks_across(axis, frame, grid=True)
    for place, (interval, lines, figure) in enumerate(zip(intervals, labels, figures, strict=True)):
        y, colour = frame.top + row * (place + 0.5), STATES[interval.state]
        first = y + 4 - 7.5 * (len(lines) - 1)
        parts += [
            text(frame.left - MARGIN, first + 15 * number, words, anchor="end") for number, words in enumerate(lines)
        ]
        if interval.low is not None and interval.high is not None:
            low, high = frame.x(axis, interval.low), frame.x(axis, interval.high)
            parts.append(line(low, y, high, y, colour, width=5, opacity=0.35))
        parts.append(dot(frame.x(axis, interval.value), y, colour))
        parts.append(text(WIDTH - MARGIN, y + 4, figure, anchor="end"))
    return sheet(parts, frame.bottom + 30, title)


def _in_two_lines(label: str) -> list[str]:
    """The label, broken between words where it is too wide for one line, and cut where it is too wide for two."""
    words = label.split(" ")
    count = len(words)
    while count > 1 and text_width(" ".join(words[:count])) > _WIDEST_LABEL:
        count -= 1
    rest = " ".join(words[count:])
    lines = [" ".join(words[:count]), rest] if rest else [label]
    return [shortened(part, _WIDEST_LABEL) for part in lines]
