"""Where each row is counted in a published tree, so that no difference of sizes describes too few people.

A row is counted in a group and in all groups above it. The rows of a group that is not shown are counted in the group
above, as "withheld or other". Where these are too few, they are not counted there either, but one level higher; if they
are too few in the whole tree, they are not counted at all. So whatever is counted at one place, and in no group below
it, meets the thresholds, and every sum and difference of sizes is made of such parts.

What earlier copies counted together stays together. Parts of it may be counted at different places only if each part
meets the thresholds; the rest stays with the largest part.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.privacy.crowd import Crowd, Rows

ROOT = ""  # in place of a group: the whole atlas
NEW = -1  # the class of a row that no earlier copy counted


class Shown(NamedTuple):
    """The groups of a published tree, parents before children, each with its parent (``ROOT`` at the top)."""

    parents: Mapping[str, str]

    def above(self, group: str) -> list[str]:
        """A group and all groups above it, without the root."""
        chain = []
        while group != ROOT:
            chain.append(group)
            group = self.parents[group]
        return chain

    def children(self) -> dict[str, list[str]]:
        """The groups below each group and below the root."""
        found: dict[str, list[str]] = {one: [] for one in (ROOT, *self.parents)}
        for group, parent in self.parents.items():
            found[parent].append(group)
        return found

    def members(self, place: Sequence[str | None]) -> dict[str, Rows]:
        """The rows that are counted in each group and in the root; ``place`` (n) is where each row is counted."""
        at = rows_by(place)
        found: dict[str, list[Rows]] = {one: [] for one in (ROOT, *self.parents)}
        for group, rows in at.items():
            for one in (*self.above(group), ROOT):
                found[one].append(rows)
        return {one: np.sort(np.concatenate([np.zeros(0, np.intp), *rows])) for one, rows in found.items()}


def rows_by(place: Sequence[str | None]) -> dict[str, Rows]:
    """The rows at each place, rising."""
    found: dict[str, list[int]] = {}
    for row, group in enumerate(place):
        if group is not None:
            found.setdefault(group, []).append(row)
    return {group: np.array(rows, np.intp) for group, rows in found.items()}


def counted_places(shown: Shown, deepest: Sequence[str], crowd: Crowd, seen: NDArray[np.int64]) -> list[str | None]:
    """The group in which each row (n) is counted, ``ROOT`` for one counted only in the whole, None for none.

    ``deepest`` (n): the lowest shown group that holds each row. ``seen`` (n,): rows that earlier copies counted
    together have the same class, others ``NEW``.
    """
    place: list[str | None] = [None] * len(deepest)
    waiting = {group: list(rows) for group, rows in rows_by(deepest).items()}
    for group in (*reversed(list(shown.parents)), ROOT):
        rows = np.array(waiting.pop(group, []), np.intp)
        for one in np.unique(seen[rows]).tolist():
            part = rows[seen[rows] == one]
            if crowd.enough(part):
                for row in part.tolist():
                    place[row] = group
            elif group != ROOT:
                waiting.setdefault(shown.parents[group], []).extend(part.tolist())
    left = [row for row, group in enumerate(place) if group is None and seen[row] != NEW]
    for one in np.unique(seen[left]).tolist():
        fellows = rows_by([place[row] for row in np.flatnonzero(seen == one).tolist()])
        if fellows:
            largest = max(fellows, key=lambda group: (len(fellows[group]), group))
            for row in left:
                if seen[row] == one:
                    place[row] = largest
    return place


def classes(place: Sequence[str | None], seen: NDArray[np.int64]) -> NDArray[np.int64]:
    """The classes of the rows (n,) after a further copy: those of ``seen``, divided by where the rows are counted."""
    known: dict[tuple[int, str | None], int] = {}
    found = np.full(len(place), NEW, np.int64)
    for row, (group, one) in enumerate(zip(place, seen.tolist(), strict=True)):
        if group is not None or one != NEW:
            found[row] = known.setdefault((one, group), len(known))
    return found
