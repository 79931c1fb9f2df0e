"""The map of an atlas as a small picture inside HTML: SVG without a script, with native tooltips."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING

from clioscope.atlas.shown import shown_tree, walk
from clioscope.files.plain import line
from clioscope.notebook.dots import colours_of, dots_of, hearts
from clioscope.pictures.lettering import cut, width

if TYPE_CHECKING:
    import polars as pl

    from clioscope.atlas import Atlas

MOST_POINTS = 2_000  # in a picture; drawn by the hash of the conversation, so always the same ones
_WIDTH, _HEIGHT, _EDGE = 420.0, 300.0, 8.0
_TITLES, _LETTERS = 8, 30  # groups that have a title on the map, and letters of one
_LINE, _WIDE_LETTER = 13.0, 6.2  # pixels of a line, and of a letter


def map_svg(atlas: Atlas) -> str:
    """The map as an ``<svg>`` of 420 by 300 pixels; empty for an atlas without one.

    Of a full atlas up to 2,000 points are drawn, of a published one a circle per base group, by its size. A group's
    tooltip has its name and size.
    """
    dots = dots_of(atlas, MOST_POINTS)
    if dots is None:
        return ""
    dots = _placed(dots)
    names = {row["group"]: row for row in shown_tree(atlas).iter_rows(named=True)}
    colours = colours_of(atlas)
    order = {group: place for place, (group, _) in enumerate(walk(atlas))}
    parts: list[str] = []
    wanted: list[tuple[float, float, str]] = []
    for (group,), rows in sorted(dots.group_by("group"), key=lambda one: order[str(one[0][0])]):
        row = names[str(group)]
        told = f"<title>{html_text(row['name'])} ({row['count']:,})</title>"
        colour = colours[str(group)]
        if atlas.published:
            for x, y, size in rows.select("x", "y", "size").iter_rows():
                place = f'cx="{x:.1f}" cy="{y:.1f}" r="{3 + 17 * size**0.5:.1f}"'
                parts.append(f'<circle {place} fill="{colour}" fill-opacity=".55">{told}</circle>')
        else:
            path = "".join(f"M{x:.1f} {y:.1f}h0" for x, y in rows.select("x", "y").iter_rows())
            parts.append(f'<path d="{path}" stroke="{colour}" stroke-opacity=".7">{told}</path>')
    for top, held in hearts(atlas, dots)[:_TITLES]:
        wanted.append((*held, line(names[top]["name"])))
    return (
        f'<svg viewBox="0 0 {_WIDTH:.0f} {_HEIGHT:.0f}" width="{_WIDTH:.0f}" height="{_HEIGHT:.0f}" role="img" '
        f'aria-label="Map of the atlas" style="max-width:100%;height:auto;background:#fff;border-radius:6px">'
        f'<g fill="none" stroke-width="4" stroke-linecap="round">{"".join(parts)}</g>'
        f'<g font-size="11" font-weight="600" text-anchor="middle" fill="#222" stroke="#fff" stroke-width="3" '
        f'stroke-linejoin="round" paint-order="stroke" style="pointer-events:none">'
        f"{''.join(_titles(wanted))}</g></svg>"
    )


def _placed(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with x and y in pixels of the picture, both on one scale; y grows downwards there."""
    import polars as pl

    x, y = (pl.col(name).cast(pl.Float64) for name in ("x", "y"))
    wide, high = (float(rows.select(one.max() - one.min()).item()) for one in (x, y))
    scale = min((_WIDTH - 2 * _EDGE) / (wide or 1), (_HEIGHT - 2 * _EDGE) / (high or 1))
    return rows.with_columns(
        x=_WIDTH / 2 + (x - (x.min() + x.max()) / 2) * scale,
        y=_HEIGHT / 2 - (y - (y.min() + y.max()) / 2) * scale,
    )


def _titles(wanted: list[tuple[float, float, str]]) -> Iterator[str]:
    """Titles at their places, the first of them first; one that would cover another stands above or below it, or
    nowhere."""
    taken: list[tuple[float, float, float]] = []
    for x, y, name in wanted:
        short = cut(name, _LETTERS)
        half = min(_WIDE_LETTER * width(short) / 2, _WIDTH / 2)
        x = min(max(x, half), _WIDTH - half)
        for step in (0, -1, 1, -2, 2):
            at = min(max(y + step * _LINE, _LINE), _HEIGHT - 4)
            if all(abs(at - above) >= _LINE or abs(x - other) >= half + wide for other, above, wide in taken):
                taken.append((x, at, half))
                yield f'<text x="{x:.1f}" y="{at:.1f}">{html_text(short)}</text>'
                break


def html_text(text: str) -> str:
    """A text of a model or a user, plain and on one line, for HTML and SVG."""
    return escape(line(text))
