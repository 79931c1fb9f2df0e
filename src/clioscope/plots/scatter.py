"""Points over sizes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import svg

from clioscope.plots.axis import UNIT, log_axis
from clioscope.plots.drawing import SOFT, STATES, WIDTH, Frame, dot, sheet, text, ticks_across, ticks_up


class Dot(NamedTuple):
    """A point; ``title`` is shown when the pointer rests on it, ``state`` is a key of ``drawing.STATES``."""

    x: float
    y: float
    title: str
    state: str = "plain"


def scatter_plot(dots: Sequence[Dot], title: str, across: str, up: str) -> str:
    """Points over a logarithmic axis of sizes (``across``) and an axis from 0 to 1 (``up``)."""
    frame = Frame(left=60, right=WIDTH - 40, top=60, bottom=360)
    sizes = log_axis([point.x for point in dots])
    parts: list[svg.Element] = [*ticks_up(UNIT, frame), *ticks_across(sizes, frame, grid=True)]
    for point in dots:
        x, y = frame.x(sizes, point.x), frame.y(UNIT, point.y)
        parts.append(dot(x, y, STATES[point.state], opacity=0.75, title=point.title))
    parts.append(text((frame.left + frame.right) / 2, frame.bottom + 40, across, anchor="middle", colour=SOFT))
    parts.append(text(frame.left, frame.top - 14, up, colour=SOFT))
    return sheet(parts, frame.bottom + 54, title)
