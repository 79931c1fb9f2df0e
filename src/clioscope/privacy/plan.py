"""What a published copy shows: which rows stand behind each of its numbers, in the light of earlier copies.

A later copy of the same data must not tell, together with an earlier one, what neither tells alone. So of the rows that
an earlier copy counted, a later one shows a facet's cell only if the earlier copy showed it with the very same rows.
The rows that are new, and those that each earlier copy counted first, are treated like atlases of their own: their part
of a cell is shown only if it is safe by itself. Otherwise the cell keeps its earlier value, and the new rows are
"withheld or other".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.privacy.cells import Cells, shown_cells
from clioscope.privacy.crowd import Crowd, Rows
from clioscope.privacy.places import NEW, ROOT, Shown, classes, counted_places


class Lost(NamedTuple):
    """Conversations that are no longer there: how often they occurred in all, and how many ``different`` ones."""

    times: int
    different: int


class Earlier(NamedTuple):
    """What earlier copies showed.

    ``seen`` (n,): the class of each row, ``NEW`` if no copy counted it. ``born`` (n,): the number of the first copy
    that counted it, ``NEW`` if none did. ``times`` (n,): how often that copy counted it, 0 if none did. ``cells``: by
    facet, the rows of each cell that a copy showed. ``gone``: by facet, the cells (group, value, born) that held rows
    which are no longer there. ``lost``: of each class, the conversations that are no longer there. ``copies``: how many
    there were.
    """

    seen: NDArray[np.int64]
    born: NDArray[np.int64]
    times: NDArray[np.int64]
    cells: Mapping[str, Cells]
    gone: Mapping[str, set[tuple[str, str, int]]]
    lost: Mapping[int, Lost]
    copies: int

    @classmethod
    def nothing(cls, rows: int) -> Earlier:
        """For an atlas of ``rows`` rows that was never published."""
        new = np.full(rows, NEW, np.int64)
        return cls(new, new, np.zeros(rows, np.int64), {}, {}, {}, 0)


class Plan(NamedTuple):
    """``shown``: the groups. ``place`` (n): where each row is counted (None: nowhere). ``members``: the rows counted in
    each group and in ``ROOT``. ``kept``: by group, how many conversations are counted in it, and in no group below,
    though they are no longer there. ``cells``: by facet, the rows of each cell. For the next copy: ``seen`` (n,) and
    ``born`` (n,), as in ``Earlier``; ``absent``, the class of what is no longer there, by its earlier class; and
    ``lost``, these conversations by class.
    """

    shown: Shown
    place: list[str | None]
    members: dict[str, Rows]
    kept: dict[str, int]
    cells: dict[str, Cells]
    seen: NDArray[np.int64]
    born: NDArray[np.int64]
    absent: dict[int, int]
    lost: dict[int, Lost]

    def size(self, group: str, crowd: Crowd) -> int:
        """How many conversations are counted in a group, or in the whole (``ROOT``)."""
        kept = sum(more for at, more in self.kept.items() if group in (*self.shown.above(at), ROOT))
        return crowd.size(self.members[group]) + kept

    def withheld(self, group: str) -> Rows:
        """The rows that are counted in a group and in no shown group below it, where it has such groups."""
        if group != ROOT and group not in self.shown.parents.values():
            return np.zeros(0, np.intp)
        return np.array([row for row in self.members[group].tolist() if self.place[row] == group], np.intp)

    def withheld_size(self, group: str, crowd: Crowd) -> int:
        """How many conversations are counted in a group and in no shown group below it, where it has such groups."""
        rows = self.withheld(group)
        return crowd.size(rows) + (self.kept.get(group, 0) if len(rows) else 0)


def make_plan(
    parents: Mapping[str, str],
    deepest: Sequence[str],
    facets: Mapping[str, Sequence[str | None]],
    crowd: Crowd,
    earlier: Earlier,
) -> Plan:
    """What may be shown of an atlas.

    ``parents``: the groups that may be named, parents before children, each with its parent (``ROOT`` at the top).
    ``deepest`` (n): the lowest of them that holds each row, or ``ROOT``. ``facets``: by name, the value of each row
    (n). A group without a row that may be counted is left out.
    """
    shown = Shown(parents)
    place = counted_places(shown, deepest, crowd, earlier.seen)
    members = shown.members(place)
    shown = Shown({group: parent for group, parent in parents.items() if len(members[group])})
    children = shown.children()
    cells = {name: _cells(children, members, values, crowd, earlier, name) for name, values in facets.items()}
    seen = classes(place, earlier.seen)
    born = np.where((earlier.born == NEW) & (seen != NEW), earlier.copies, earlier.born)
    kept, absent = _kept(place, earlier, crowd, seen)
    lost = {absent[one]: those for one, those in earlier.lost.items() if those.times}
    return Plan(shown, place, members, kept, cells, seen, born, absent, lost)


def _cells(
    children: Mapping[str, Sequence[str]],
    members: Mapping[str, Rows],
    values: Sequence[str | None],
    crowd: Crowd,
    earlier: Earlier,
    facet: str,
) -> Cells:
    """The cells of a facet: of the rows that are new, and of those that each earlier copy counted first."""
    before, gone = earlier.cells.get(facet, {}), earlier.gone.get(facet, set())
    found: dict[tuple[str, str], list[Rows]] = {}
    for born in np.unique(earlier.born).tolist():
        own = {group: rows[earlier.born[rows] == born] for group, rows in members.items()}
        if born != NEW and not before:
            continue
        for (group, value), rows in shown_cells(children, own, values, crowd).items():
            if born != NEW:
                told = before.get((group, value), rows[:0])
                same = np.array_equal(np.sort(rows), np.sort(told[earlier.born[told] == born]))
                if not same or (group, value, born) in gone:
                    continue
            found.setdefault((group, value), []).append(rows)
    return {cell: np.sort(np.concatenate(rows)) for cell, rows in found.items()}


def _kept(
    place: Sequence[str | None], earlier: Earlier, crowd: Crowd, seen: NDArray[np.int64]
) -> tuple[dict[str, int], dict[int, int]]:
    """How many conversations that are gone are counted still, by the group where they are; and the class of those that
    are gone, by their earlier class.

    Were few left out, the difference of the two copies would be about them alone. So they stay with those that they
    were counted with, also when they come back. So many that they meet the threshold of conversations are left out, and
    are a class of their own: they are counted again when nearly all of them are back.
    """
    groups: dict[str, int] = {}
    absent: dict[int, int] = {}
    free = int(seen.max(initial=NEW)) + 1
    order = np.argsort(earlier.seen, kind="stable")
    bounds = np.searchsorted(earlier.seen[order], [(one, one + 1) for one in earlier.lost]).reshape(-1, 2).tolist()
    for (one, lost), (first, end) in zip(earlier.lost.items(), bounds, strict=True):
        rows = order[first:end].tolist()
        counted = [row for row in rows if place[row] is not None]
        if not counted and rows:  # all are counted nowhere, those that are there and those that are gone
            absent[one] = int(seen[rows[0]])
        elif counted and lost.different < crowd.min_conversations:
            there = Counter(group for row in counted if (group := place[row]) is not None)
            largest = max(there, key=lambda group: (there[group], group))
            if lost.times:
                groups[largest] = groups.get(largest, 0) + lost.times
            absent[one] = int(seen[next(row for row in counted if place[row] == largest)])
        else:
            absent[one] = free
            free += 1
    return groups, absent
