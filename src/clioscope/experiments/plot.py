"""The plot of an experiment as SVG: one row a variant, or lines over a scale; the axis spans the data."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import NamedTuple

import svg

_COLOURS = ("#4a6fa5", "#c08a1e", "#2a7f4f", "#b8433a", "#7a5aa6", "#3f8f96", "#8a6d5a", "#6b7280")
_INK, _SOFT, _FAINT = "#22262b", "#6b7280", "#d9dde3"
_STYLE = "font: 13px system-ui, sans-serif"
_WIDTH = 760


class Row(NamedTuple):
    """A variant: its mean and its lowest and highest seed."""

    label: str
    mean: float
    low: float
    high: float


class Curve(NamedTuple):
    """A line: (x, mean, lowest, highest) of each place."""

    label: str
    points: Sequence[tuple[float, float, float, float]]


def rows_plot(rows: Sequence[Row], title: str) -> str:
    """Means as dots with the range over seeds, one variant a row."""
    low, high, ticks = _axis([v for row in rows for v in (row.low, row.high)])
    left, right, top, step = 330, _WIDTH - 70, 34, 24
    height = top + step * len(rows) + 30

    def x(value: float) -> float:
        return left + (right - left) * (value - low) / (high - low)

    parts: list[svg.Element] = []
    for tick in ticks:
        parts.append(_line(x(tick), top - 8, x(tick), height - 26, _FAINT))
        parts.append(_text(x(tick), height - 10, f"{tick:g}", "middle", _SOFT))
    for number, row in enumerate(rows):
        y = top + step * number + 8
        parts.append(_text(left - 12, y + 4, _short(row.label, 50), "end"))
        parts.append(_line(x(row.low), y, x(row.high), y, _COLOURS[0], 5, 0.35))
        parts.append(svg.Circle(cx=_r(x(row.mean)), cy=_r(y), r=4.5, fill=_COLOURS[0]))
        parts.append(_text(_WIDTH - 8, y + 4, f"{row.mean:.3g}", "end"))
    return _whole(parts, height, title)


def curves_plot(curves: Sequence[Curve], title: str, across: str) -> str:
    """Lines of means with the range over seeds at each place."""
    low, high, ticks = _axis([v for curve in curves for point in curve.points for v in point[2:]])
    places = sorted({point[0] for curve in curves for point in curve.points})
    first, last = places[0], places[-1] if places[-1] > places[0] else places[0] + 1
    left, right, top, bottom = 60, _WIDTH - 240, 34, 360

    def x(value: float) -> float:
        return left + (right - left) * (value - first) / (last - first)

    def y(value: float) -> float:
        return bottom - (bottom - top) * (value - low) / (high - low)

    parts: list[svg.Element] = []
    for tick in ticks:
        parts.append(_line(left, y(tick), right, y(tick), _FAINT))
        parts.append(_text(left - 8, y(tick) + 4, f"{tick:g}", "end", _SOFT))
    parts += [_text(x(place), bottom + 20, f"{place:g}", "middle", _SOFT) for place in places]
    parts.append(_text((left + right) / 2, bottom + 40, across, "middle", _SOFT))
    for number, curve in enumerate(curves):
        colour = _COLOURS[number % len(_COLOURS)]
        points = [svg.Point(_r(x(place)), _r(y(mean))) for place, mean, _, _ in curve.points]
        dashes = [5, 4] if number // len(_COLOURS) % 2 else None  # more lines than colours
        parts.append(
            svg.Polyline(points=points, fill="none", stroke=colour, stroke_width=2, stroke_dasharray=dashes)  # type: ignore[arg-type]
        )
        for place, mean, least, most in curve.points:
            parts.append(_line(x(place), y(least), x(place), y(most), colour, 4, 0.3))
            parts.append(svg.Circle(cx=_r(x(place)), cy=_r(y(mean)), r=3.5, fill=colour))
        parts.append(
            svg.Circle(
                cx=right + 22,
                cy=top + 20 * number,
                r=4.5,
                fill="none" if dashes else colour,
                stroke=colour,
            )
        )
        parts.append(_text(right + 32, top + 4 + 20 * number, _short(curve.label, 30)))
    return _whole(parts, bottom + 54, title)


def _axis(values: Sequence[float]) -> tuple[float, float, list[float]]:
    """Round ends and ticks that hold all values."""
    low, high = min(values, default=0.0), max(values, default=1.0)
    wide = max(high - low, 1e-3)
    step = 10 ** math.floor(math.log10(wide / 4))
    step *= next(times for times in (1, 2, 5, 10) if wide / (step * times) <= 6)
    start, end = math.floor(low / step), math.ceil(high / step)
    end = max(end, start + 1)
    return start * step, end * step, [round(number * step, 10) for number in range(start, end + 1)]


def _whole(parts: list[svg.Element], height: float, title: str) -> str:
    head: list[svg.Element] = [svg.Title(elements=[], text=escape(title))]
    head.append(svg.Rect(x=0, y=0, width=_WIDTH, height=height, fill="#ffffff"))
    head.append(_text(12, 16, title, colour=_SOFT))
    body = svg.G(elements=[*head, *parts], style=_STYLE)
    return str(svg.SVG(viewBox=svg.ViewBoxSpec(0, 0, _WIDTH, height), elements=[body]))


def _text(x: float, y: float, text: str, anchor: str = "start", colour: str = _INK) -> svg.Text:
    return svg.Text(x=_r(x), y=_r(y), text=escape(text), text_anchor=anchor, fill=colour)  # type: ignore[arg-type]


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, width: float = 1, opacity: float = 1) -> svg.Line:
    return svg.Line(
        x1=_r(x1), y1=_r(y1), x2=_r(x2), y2=_r(y2), stroke=colour, stroke_width=width, stroke_opacity=opacity
    )


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _r(value: float) -> float:
    return round(float(value), 1)
