"""The tree of an atlas as a cell of a notebook shows it: HTML without a script and without a server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clioscope.atlas.finding import group_called
from clioscope.atlas.guarantee import said_of_counts, said_of_protection
from clioscope.atlas.opening import opened
from clioscope.atlas.people import said_of_withheld
from clioscope.atlas.reading import said_of_reading
from clioscope.atlas.segments import said_of_segments, said_of_size
from clioscope.atlas.shares import WITHHELD, share_text
from clioscope.atlas.shown import said_of_hidden, said_of_mixed, said_of_none, shown_tree, sized_by, total_count, walk
from clioscope.atlas.summary import group_summaries
from clioscope.errors import AtlasError
from clioscope.files.plain import line
from clioscope.notebook.dots import colours_of
from clioscope.notebook.picture import html_text, map_svg

if TYPE_CHECKING:
    from clioscope.atlas import Atlas

MOST_ROWS = 500  # groups in one cell
_BAR = 60.0  # pixels of the longest bar
_OPEN = 12  # top groups up to which all of them are open at once


def show(atlas: Atlas | str | Path, group: str | None = None, *, depth: int | None = None) -> Shown:
    """The tree of an atlas, as an object that a notebook shows with the map beside it, and ``print`` as text.

    ``group`` shows one group and what it holds: its id, its name, or a part of the name. ``depth`` is how many levels
    are shown (all by default). It needs no server and no network, and no script runs in it.

    >>> import clioscope
    >>> shown = clioscope.show("atlas/", depth=1)
    >>> str(shown).splitlines()[0]
    'atlas: 60 conversations'

    Raises AtlasError if there is no such group, or several.
    """
    atlas = opened(atlas)
    if group is not None:
        try:
            group = group_called(shown_tree(atlas), group)
        except AtlasError as error:
            raise AtlasError(f"{atlas.path}: {error}") from None
    return Shown(atlas, group, depth)


class Shown:
    """A tree to look at: ``print`` gives its text, and the last line of a cell its HTML.

    >>> import clioscope
    >>> html = clioscope.show("atlas/")._repr_html_()
    >>> html.startswith("<div")
    True
    """

    def __init__(self, atlas: Atlas, group: str | None = None, depth: int | None = None) -> None:
        self._atlas, self._group, self._depth = atlas, group, depth

    def __repr__(self) -> str:
        total, sized = total_count(self._atlas), sized_by(self._atlas)
        lines = [self._head(total), *self._notes()]
        for row, depth in self._rows():
            size = said_of_size(row, share_text(row[sized], total))
            lines.append(f"{'  ' * (depth + 1)}{line(row['name'])} ({size})")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        """The same with bars, colours, summaries and the map."""
        total = total_count(self._atlas)
        notes = "".join(f"<div>{html_text(note)}</div>" for note in self._notes())
        picture = map_svg(self._atlas) if self._group is None else ""
        return (
            '<div class="clioscope-atlas" style="font:13px/1.5 system-ui,sans-serif;max-width:76em">'
            f'<div style="font-weight:600">{html_text(self._head(total))}</div>{notes}'
            '<div style="display:flex;flex-wrap:wrap;gap:16px;align-items:flex-start">'
            f'<div style="flex:1 1 27em;min-width:0">{self._tree_html(total)}</div>'
            f"{f'<div>{picture}</div>' if picture else ''}</div></div>"
        )

    def _head(self, total: int) -> str:
        return f"{self._atlas.path.resolve().name}: {said_of_counts(self._atlas.manifest, total)}"

    def _notes(self) -> list[str]:
        told = (said_of_withheld, said_of_mixed, said_of_none, said_of_hidden, said_of_reading, said_of_segments)
        return [*said_of_protection(self._atlas.manifest), *filter(None, (said(self._atlas) for said in told))]

    def _rows(self) -> Iterator[tuple[dict[str, Any], int]]:
        """The groups that are shown, with their depth below what is shown."""
        rows = {row["group"]: row for row in shown_tree(self._atlas).iter_rows(named=True)}
        base = None if self._group is not None else 0
        for group, depth in walk(self._atlas):
            if self._group is not None:
                if group == self._group:
                    base = depth
                elif base is not None and depth <= base:
                    return
            if base is not None and (self._depth is None or depth - base < self._depth):
                yield rows[group], depth - base

    def _tree_html(self, total: int) -> str:
        rows = list(self._rows())
        left, rows = len(rows) - MOST_ROWS, rows[:MOST_ROWS]
        largest = max((row["count"] for row, _ in rows), default=1)
        colours, sized = colours_of(self._atlas), sized_by(self._atlas)
        summaries = group_summaries(self._atlas, telling=True)
        is_open = sum(depth == 0 for _, depth in rows) <= _OPEN
        parts: list[str] = []
        ends: list[tuple[int, str]] = []  # what closes the groups that are open, with their depth
        for place, (row, depth) in enumerate(rows):
            while ends and ends[-1][0] >= depth:
                parts.append(ends.pop()[1])
            group = row["group"]
            said = share_text(row[sized], total)
            beside = f"{said_of_size(row, said)}{' · ' if summaries.get(group) else ''}{summaries.get(group, '')}"
            told = _row(row, colours[group], _BAR * row["count"] / max(largest, 1), beside)
            if place + 1 < len(rows) and rows[place + 1][1] > depth:
                state = " open" if depth == 0 and is_open else ""
                parts.append(f'<details{state}><summary>{told}</summary><div style="margin-left:1.3em">')
                ends.append((depth, f"{_rest(row, total)}</div></details>"))
            else:
                parts.append(f'<div style="margin-left:1.1em">{told}</div>')
        parts += [end for _, end in reversed(ends)]
        if left > 0:
            parts.append(f'<div style="opacity:.7">{left:,} more groups; atlas.tree has all.</div>')
        return "".join(parts)


def _row(row: dict[str, Any], colour: str, bar: float, beside: str) -> str:
    style = "font-style:italic" if row["mixed"] else "font-weight:600" if row["parent"] is None else ""
    return (
        f'<span dir="auto" title="{html_text(row["description"] or "")}" style="{style}">'
        f"{html_text(row['name'])}</span> "
        f'<span style="display:inline-block;height:8px;border-radius:2px;background:{colour};'
        f'width:{max(bar, 2):.0f}px"></span> <span style="opacity:.75">{html_text(beside)}</span>'
    )


def _rest(row: dict[str, Any], total: int) -> str:
    """What of a published group is in no group below it that is shown."""
    count = row.get("withheld")
    if not count:
        return ""
    return f'<div style="margin-left:1.1em;opacity:.7"><i>{WITHHELD}</i> {count:,}, {share_text(count, total)}</div>'
