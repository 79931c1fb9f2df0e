"""The plots of the report card: plain SVG that stands in a page and as a file of its own.

Names of groups come from a language model or a user: every text is escaped here, since ``svg.py`` does not.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import NamedTuple

import svg

COLOURS = {"solid": "#2a7f4f", "doubtful": "#c08a1e", "weak": "#b8433a", "plain": "#4a6fa5", "faint": "#d9dde3"}
_INK, _SOFT = "#22262b", "#6b7280"
_FONT = "system-ui, sans-serif"
_WIDTH = 720


class Bar(NamedTuple):
    """A line of an interval plot, on a scale from 0 to 1."""

    label: str
    value: float
    low: float | None
    high: float | None
    colour: str = "plain"


class Dot(NamedTuple):
    """A point of a scatter plot; ``title`` is shown when the pointer rests on it."""

    x: float
    y: float
    title: str
    colour: str = "plain"


class Line(NamedTuple):
    """A line of a line plot."""

    label: str
    points: Sequence[tuple[float, float]]
    colour: str = "plain"


def interval_plot(bars: Sequence[Bar], title: str) -> str:
    """Values between 0 and 1 with their intervals, one a line."""
    left, right, row, top = 300, _WIDTH - 60, 26, 34
    height = top + row * len(bars) + 30

    def x(value: float) -> float:
        return left + (right - left) * min(1.0, max(0.0, value))

    parts: list[svg.Element] = []
    for tick in (0, 0.25, 0.5, 0.75, 1):
        parts.append(_line(x(tick), top - 8, x(tick), height - 26, COLOURS["faint"]))
        parts.append(_text(x(tick), height - 10, f"{tick:g}", anchor="middle", colour=_SOFT))
    for number, bar in enumerate(bars):
        y = top + row * number + 8
        colour = COLOURS[bar.colour]
        parts.append(_text(left - 12, y + 4, _short(bar.label, 38), anchor="end"))
        if bar.low is not None and bar.high is not None:
            parts.append(_line(x(bar.low), y, x(bar.high), y, colour, 5, 0.35))
        parts.append(svg.Circle(cx=_r(x(bar.value)), cy=_r(y), r=5, fill=colour))
        parts.append(_text(_WIDTH - 8, y + 4, f"{bar.value:.2f}", anchor="end"))
    return _plot(parts, height, title)


def scatter_plot(dots: Sequence[Dot], title: str, across: str, up: str) -> str:
    """Points over a logarithmic x axis (sizes) and a y axis from 0 to 1."""
    left, right, top, bottom = 60, _WIDTH - 20, 30, 330
    low = math.log10(max(1.0, min((dot.x for dot in dots), default=1)))
    high = max(low + 0.3, math.log10(max((dot.x for dot in dots), default=10)))

    def x(value: float) -> float:
        return left + (right - left) * (math.log10(max(1.0, value)) - low) / (high - low)

    def y(value: float) -> float:
        return bottom - (bottom - top) * min(1.0, max(0.0, value))

    parts = _frame(left, right, top, bottom)
    for tick in _ticks(low, high):
        parts.append(_text(x(tick), bottom + 18, f"{tick:,.0f}", anchor="middle", colour=_SOFT))
    for dot in dots:
        about: list[svg.Element] = [svg.Title(elements=[], text=escape(dot.title))]
        parts.append(
            svg.Circle(
                cx=_r(x(dot.x)), cy=_r(y(dot.y)), r=5, fill=COLOURS[dot.colour], fill_opacity=0.75, elements=about
            )
        )
    parts.append(_text((left + right) / 2, bottom + 38, across, anchor="middle", colour=_SOFT))
    parts.append(_text(left, top - 12, up, colour=_SOFT))
    return _plot(parts, bottom + 50, title)


def line_plot(lines: Sequence[Line], title: str, across: str, up: str, *, logarithmic: bool = False) -> str:
    """Lines over an x axis and a y axis from 0 to 1, with a legend."""
    left, right, top, bottom = 60, _WIDTH - 20, 50, 330
    scale = (lambda value: math.log10(max(1.0, value))) if logarithmic else float
    values = [scale(point[0]) for line in lines for point in line.points]
    low, high = min(values, default=0.0), max(values, default=1.0)
    if high - low < 1e-9:
        low, high = low - 0.5, high + 0.5

    def x(value: float) -> float:
        return left + (right - left) * (scale(value) - low) / (high - low)

    def y(value: float) -> float:
        return bottom - (bottom - top) * min(1.0, max(0.0, value))

    parts = _frame(left, right, top, bottom)
    for value in sorted({point[0] for line in lines for point in line.points}):
        parts.append(_text(x(value), bottom + 18, f"{value:g}", anchor="middle", colour=_SOFT))
    for number, line in enumerate(lines):
        colour = COLOURS[line.colour]
        points = [svg.Point(_r(x(a)), _r(y(b))) for a, b in sorted(line.points)]
        parts.append(svg.Polyline(points=points, fill="none", stroke=colour, stroke_width=2))
        parts += [svg.Circle(cx=_r(x(a)), cy=_r(y(b)), r=4, fill=colour) for a, b in line.points]
        parts.append(svg.Circle(cx=left + 190 * number + 6, cy=18, r=5, fill=colour))
        parts.append(_text(left + 190 * number + 18, 22, _short(line.label, 26)))
    parts.append(_text((left + right) / 2, bottom + 38, across, anchor="middle", colour=_SOFT))
    parts.append(_text(left, top - 12, up, colour=_SOFT))
    return _plot(parts, bottom + 50, title)


def _frame(left: float, right: float, top: float, bottom: float) -> list[svg.Element]:
    parts: list[svg.Element] = []
    for tick in (0, 0.25, 0.5, 0.75, 1):
        at = bottom - (bottom - top) * tick
        parts.append(_line(left, at, right, at, COLOURS["faint"]))
        parts.append(_text(left - 8, at + 4, f"{tick:g}", anchor="end", colour=_SOFT))
    return parts


def _ticks(low: float, high: float) -> list[float]:
    """Round numbers between 10^low and 10^high."""
    found = [m * 10.0**e for e in range(math.floor(low), math.ceil(high) + 1) for m in (1, 2, 5)]
    return [tick for tick in found if low - 1e-9 <= math.log10(tick) <= high + 1e-9]


def _plot(parts: list[svg.Element], height: float, title: str) -> str:
    head: svg.Element = svg.Title(elements=[], text=escape(title))
    body: svg.Element = svg.G(elements=[*parts], style=f"font: 13px {_FONT}")
    return str(svg.SVG(viewBox=svg.ViewBoxSpec(0, 0, _WIDTH, height), elements=[head, body]))


def _text(x: float, y: float, text: str, *, anchor: str = "start", colour: str = _INK) -> svg.Text:
    return svg.Text(x=_r(x), y=_r(y), text=escape(text), text_anchor=anchor, fill=colour)  # type: ignore[arg-type]


def _line(
    x1: float, y1: float, x2: float, y2: float, colour: str, width: float = 1, opacity: float | None = None
) -> svg.Line:
    return svg.Line(
        x1=_r(x1), y1=_r(y1), x2=_r(x2), y2=_r(y2), stroke=colour, stroke_width=width, stroke_opacity=opacity
    )


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _r(value: float) -> float:
    return round(float(value), 1)
