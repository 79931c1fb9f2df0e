"""Titles beside the groups of a picture, with lines to them; none covers another, or a point."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clioscope.pictures.lettering import safe, wrapped
from clioscope.pictures.palette import mix

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from clioscope.pictures.content import MapContent
    from clioscope.pictures.palette import Theme

_LETTERS = 24  # in a line of a title, about
_CELLS = 150  # along each side: so fine is what titles must keep off
_SMALLEST, _LARGEST = 7.0, 10.5  # points
_EDGE = 0.012  # of the picture, which stays free of titles


def place_titles(
    axes: Axes,
    content: MapContent,
    colours: list[str],
    theme: Theme,
    families: list[str],
    most: int | None,
    diameters: NDArray[np.floating[Any]],
) -> int:
    """Draw the titles of the groups, the largest first; how many had no place. ``diameters`` (n,): of the points, in
    typographic points.

    Places are found by textalloc: of many places around a group, the nearest that covers neither points nor titles nor
    lines. There is room around the map for them.
    """
    import numpy as np
    import textalloc
    from matplotlib.patheffects import withStroke

    shown = content.islands[:most]
    if not shown:
        return 0
    _make_room(axes, content, len(shown))
    x, y = _taken(axes, content, diameters)
    scale = np.sqrt([one.conversations / shown[0].conversations for one in shown])
    sizes = [float(_SMALLEST + (_LARGEST - _SMALLEST) * one) for one in scale]
    halo = [withStroke(linewidth=2.2, foreground=theme.ground)]
    inks = [theme.soft if one.quiet else theme.ink for one in shown]
    lines = [mix(colour, theme.ink, 0.25) for colour in colours[: len(shown)]]
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    wide, tall = _EDGE * (right - left), _EDGE * (high - low)
    placed = textalloc.allocate(
        axes,
        [one.x for one in shown],
        [one.y for one in shown],
        [safe("\n".join(wrapped(one.name, _LETTERS))) for one in shown],
        x_scatter=x,
        y_scatter=y,
        textsize=sizes,
        textcolor=inks,
        linecolor=lines,
        linewidth=0.7,
        margin=0.006,
        min_distance=0.012,
        max_distance=0.6,
        nbr_candidates=900,
        avoid_label_lines_overlap=True,
        avoid_crossing_label_lines=True,
        draw_all=False,
        xlims=(left + wide, right - wide),
        ylims=(low + tall, high - tall),
        plot_kwargs={"zorder": 2.5, "solid_capstyle": "round"},
        family=families,
        path_effects=halo,
        linespacing=1.15,
        zorder=3,
    )
    return len(shown) - len(placed[2])


def _make_room(axes: Axes, content: MapContent, titles: int) -> None:
    """Room around the points, more for more titles; a few points far out do not make the rest small."""
    import numpy as np

    far = 0.004 if len(content.x) > 200 else 0.0
    (left, right), (low, high) = (np.quantile(axis, (far, 1 - far)) for axis in (content.x, content.y))
    wide, tall = max(float(right - left), 0.05), max(float(high - low), 0.05)
    room = 1 + 2 * (0.14 + 0.004 * min(titles, 30))
    box = axes.get_window_extent()
    ratio = box.width / box.height
    width = max(wide * room * 1.1, tall * room * ratio)  # one scale for both directions
    middle, height = (left + right) / 2, width / ratio
    axes.set_xlim(middle - width / 2, middle + width / 2)
    axes.set_ylim((low + high - height) / 2, (low + high + height) / 2)


def _taken(
    axes: Axes, content: MapContent, diameters: NDArray[np.floating[Any]]
) -> tuple[NDArray[np.floating[Any]], NDArray[np.floating[Any]]]:
    """Places that stand for all points: one of each cell of a fine grid; of circles also their rims."""
    import numpy as np

    x, y = content.x.astype(np.float64), content.y.astype(np.float64)
    if content.size is not None:
        left, right = axes.get_xlim()
        unit = (
            (right - left) / axes.get_window_extent().width * axes.figure.dpi / 72
        )  # of the map, for a typographic point
        angles = np.linspace(0, 2 * np.pi, 24, endpoint=False)
        radii = np.array([0.4, 0.75, 1.0])[:, None] * diameters[:, None, None] / 2 * unit
        across, down = x[:, None, None] + radii * np.cos(angles), y[:, None, None] + radii * np.sin(angles)
        return np.concatenate([x, across.ravel()]), np.concatenate([y, down.ravel()])
    spread = max(float(np.ptp(x)), float(np.ptp(y)), 1e-9)
    cells = np.floor((x - x.min()) / spread * _CELLS) * (_CELLS + 1) + np.floor((y - y.min()) / spread * _CELLS)
    _, first = np.unique(cells, return_index=True)
    return x[first], y[first]
