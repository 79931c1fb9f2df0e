"""What every plot is drawn with: text, lines, dots, colours and the sheet that holds them. All sizes are in pixels.

Names of groups come from a language model or a user. ``svg.py`` does not escape text, so every text is escaped here.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Literal, NamedTuple
from unicodedata import east_asian_width

import svg

from clioscope.files.plain import line as line_of
from clioscope.plots.axis import Axis

STATES = {"solid": "#2a7f4f", "doubtful": "#c08a1e", "weak": "#b8433a", "plain": "#4a6fa5"}
SERIES = ("#4a6fa5", "#c08a1e", "#2a7f4f", "#b8433a", "#7a5aa6", "#3f8f96", "#8a6d5a", "#6b7280")
REFERENCE = "#8a919c"  # a line that others are compared with
INK, SOFT, GRID = "#22262b", "#6b7280", "#d9dde3"
WIDTH = 760
MARGIN = 12  # between the edge of the sheet and what stands next to it
_FONT = "font: 13px system-ui, sans-serif"
_LETTER = 7.2  # the width of a letter, on the wide side: fonts differ between machines

Anchor = Literal["start", "middle", "end"]


class Frame(NamedTuple):
    """The part of the sheet that the axes span."""

    left: float
    right: float
    top: float
    bottom: float

    def x(self, axis: Axis, value: float) -> float:
        """Where ``value`` stands from left to right."""
        return self.left + (self.right - self.left) * axis.share(value)

    def y(self, axis: Axis, value: float) -> float:
        """Where ``value`` stands from top to bottom; high values are at the top."""
        return self.bottom - (self.bottom - self.top) * axis.share(value)


def sheet(parts: Sequence[svg.Element], height: float, title: str) -> str:
    """The whole plot as SVG text: ``parts`` on white, under their title."""
    background = svg.Rect(x=0, y=0, width=WIDTH, height=round(height, 1), fill="#ffffff")
    heading = text(MARGIN, 18, title, colour=SOFT)
    body = svg.G(elements=[svg.Title(elements=[], text=_escaped(title)), background, heading, *parts], style=_FONT)
    return str(svg.SVG(viewBox=svg.ViewBoxSpec(0, 0, WIDTH, round(height, 1)), elements=[body]))


def text(x: float, y: float, words: str, *, anchor: Anchor = "start", colour: str = INK) -> svg.Text:
    """A line of text; ``x`` and ``y`` are its start, middle or end on the base line."""
    return svg.Text(x=round(x, 1), y=round(y, 1), text=_escaped(words), text_anchor=anchor, fill=colour)


def line(
    x1: float, y1: float, x2: float, y2: float, colour: str, *, width: float = 1, opacity: float | None = None
) -> svg.Line:
    """A straight line."""
    return svg.Line(
        x1=round(x1, 1),
        y1=round(y1, 1),
        x2=round(x2, 1),
        y2=round(y2, 1),
        stroke=colour,
        stroke_width=width,
        stroke_opacity=opacity,
    )


def path(points: Sequence[tuple[float, float]], colour: str, *, dashed: bool = False) -> svg.Polyline:
    """A line through ``points`` (x, y)."""
    return svg.Polyline(
        points=[svg.Point(round(x, 1), round(y, 1)) for x, y in points],
        fill="none",
        stroke=colour,
        stroke_width=2,
        stroke_dasharray=[5, 4] if dashed else None,
    )


def dot(
    x: float, y: float, colour: str, *, radius: float = 5, opacity: float | None = None, title: str | None = None
) -> svg.Circle:
    """A filled circle; ``title`` is shown when the pointer rests on it."""
    about: list[svg.Element] = [] if title is None else [svg.Title(elements=[], text=_escaped(title))]
    return svg.Circle(cx=round(x, 1), cy=round(y, 1), r=radius, fill=colour, fill_opacity=opacity, elements=about)


def ticks_across(axis: Axis, frame: Frame, *, grid: bool = False) -> list[svg.Element]:
    """The values under the frame, with lines up through it if ``grid``; values that would touch are left out."""
    parts: list[svg.Element] = []
    free = -1.0  # where the last text ended
    for tick in axis.ticks:
        x, words = frame.x(axis, tick), number(tick)
        if grid:
            parts.append(line(x, frame.top, x, frame.bottom, GRID))
        half = text_width(words) / 2
        if x - half > free:
            parts.append(text(x, frame.bottom + 18, words, anchor="middle", colour=SOFT))
            free = x + half
    return parts


def ticks_up(axis: Axis, frame: Frame) -> list[svg.Element]:
    """The values left of the frame, with a line across it for each."""
    parts: list[svg.Element] = []
    for tick in axis.ticks:
        y = frame.y(axis, tick)
        parts += [
            line(frame.left, y, frame.right, y, GRID),
            text(frame.left - 8, y + 4, number(tick), anchor="end", colour=SOFT),
        ]
    return parts


def number(value: float) -> str:
    """A tick as a reader writes it: 0.25, 1,000."""
    return f"{value:,.10g}"


def text_width(words: str) -> float:
    """About how wide a text is drawn. East Asian letters are twice as wide as others."""
    return _LETTER * sum(1.8 if east_asian_width(letter) in "WF" else 1 for letter in words)


def shortened(words: str, width: float) -> str:
    """The text, cut with an ellipsis where it would be wider than ``width``."""
    if text_width(words) <= width:
        return words
    while words and text_width(words) > width - _LETTER:
        words = words[:-1]
    return words.rstrip() + "…"


def _escaped(text: str) -> str:
    """Text within SVG, without the control characters that XML does not allow."""
    return escape(line_of(text))
