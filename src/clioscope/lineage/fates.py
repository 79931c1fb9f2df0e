"""What happened to every group: continued, grew, shrank, split, merged, born or died."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np

from clioscope.lineage.matching import matched_pairs
from clioscope.lineage.overlap import Overlap

Fate = Literal["continued", "grew", "shrank", "split", "merged", "born", "died"]
MOST = 0.5  # share of a group that went, or came, together
PART = 0.2  # share of a group that counts as a part of it
GREW, SHRANK = 1.25, 0.8  # a share of all conversations against the one before
_NOISE = 2.0  # standard deviations that a size must be off what is expected


class Happened(NamedTuple):
    """What happened to one group. ``new`` and ``old``: the group in the later and in the earlier atlas (None where it
    has none); ``before``: old groups that it came from; ``after``: new groups that the old one went to; ``common``:
    conversations in the two groups that are compared, ``overlap``: their Jaccard index; sizes in conversations."""

    new: object | None
    old: object | None
    fate: Fate
    before: list[object]
    after: list[object]
    common: int
    overlap: float
    old_size: int
    new_size: int


def what_happened(found: Overlap) -> list[Happened]:
    """One entry per group that is in both atlases, per new group and per group that is gone.

    A group that is gone *merged* if most of its members went to one new group. A new group was *split* off if most of
    its known members come from one old group and are a fifth of it or more. What is expected of a group depends on
    how many conversations the other atlas has at all, so that a sliding window tells the same as a growing one. A group
    that is in both *grew* or *shrank* if its share of all conversations changed by a quarter, beyond chance. If it lost
    a part to a group that was split off, it is told as *split*, and if one that is gone became a fifth of it or more,
    as *merged*.
    """
    flows = _Flows(found)
    happened: list[Happened] = []
    for row, column in flows.same.items():
        parts = [other for other in flows.parts_of(row) if other not in flows.taken]
        joined = [other for other in flows.sources_of(column) if other not in flows.same]
        pair = flows.pair[row, column]
        fate: Fate = "split" if parts else "merged" if joined else _by_size(found, row, column)
        happened.append(
            Happened(
                found.new[column],
                found.old[row],
                fate,
                [found.old[row], *(found.old[other] for other in joined)],
                [found.new[column], *(found.new[other] for other in parts)],
                int(found.common[pair]),
                float(flows.jaccard[pair]),
                int(found.old_size[row]),
                int(found.new_size[column]),
            )
        )
    born = [_new_group(found, flows, column) for column in range(len(found.new)) if column not in flows.taken]
    gone = [_gone(found, flows, row) for row in range(len(found.old)) if row not in flows.same]
    return [*happened, *born, *gone]


class _Flows:
    """The pairs of an overlap by their groups, and which are the same group."""

    def __init__(self, found: Overlap) -> None:
        self.found, self.jaccard = found, found.jaccard
        rows, columns = found.rows.tolist(), found.columns.tolist()
        self.pair = {key: place for place, key in enumerate(zip(rows, columns, strict=True))}
        self.out: dict[int, list[int]] = {}
        self.into: dict[int, list[int]] = {}
        for row, column in self.pair:
            self.out.setdefault(row, []).append(column)
            self.into.setdefault(column, []).append(row)
        self.same = {rows[pair]: columns[pair] for pair in matched_pairs(found).tolist()}
        self.taken = set(self.same.values())

    def compared(self, row: int | None, column: int | None) -> tuple[int, float, int]:
        """Conversations in common, their Jaccard index and the size of the old group; zeros without a pair."""
        size = 0 if row is None else int(self.found.old_size[row])
        if row is None or column is None:
            return 0, 0.0, size
        pair = self.pair[row, column]
        return int(self.found.common[pair]), float(self.jaccard[pair]), size

    def common(self, row: int, column: int) -> int:
        return int(self.found.common[self.pair[row, column]])

    def largest(self, row: int) -> int | None:
        """The new group that most of the members of an old one went to."""
        return max(self.out.get(row, ()), key=lambda column: (self.common(row, column), -column), default=None)

    def origin(self, column: int) -> int | None:
        """The old group that most of the known members of a new one came from."""
        return max(self.into.get(column, ()), key=lambda row: (self.common(row, column), -row), default=None)

    def parts_of(self, row: int) -> list[int]:
        """New groups that were made mostly of the members of one old group, each a fifth of it or more."""
        return [column for column in self.out.get(row, ()) if self._is_part(row, column)]

    def sources_of(self, column: int) -> list[int]:
        """Old groups most of whose members are now in one new group, each a fifth of its known members or more."""
        return [row for row in self.into.get(column, ()) if self._is_source(row, column, PART)]

    def _is_part(self, row: int, column: int) -> bool:
        found, common = self.found, self.common(row, column)
        expected = MOST * found.known * found.new_size[column]
        most = common >= MOST * found.new_known[column] and common >= expected
        return bool(most and common >= PART * found.old_known[row])

    def went_to(self, row: int) -> int | None:
        """The new group that an old one went to as a whole, None where its members are scattered or not there."""
        column = self.largest(row)
        return column if column is not None and self._is_source(row, column, 0) else None

    def _is_source(self, row: int, column: int, part: float) -> bool:
        found, common = self.found, self.common(row, column)
        expected = MOST * found.kept * found.old_size[row]
        most = common >= MOST * found.old_known[row] and common >= expected
        return bool(most and common >= part * found.new_known[column])


def _by_size(found: Overlap, row: int, column: int) -> Fate:
    new = float(found.new_size[column])
    expected = float(found.old_size[row]) / max(found.old_total, 1) * found.new_total
    if abs(new - expected) < _NOISE * np.sqrt(max(expected, 1)):
        return "continued"
    return "grew" if new >= GREW * expected else "shrank" if new <= SHRANK * expected else "continued"


def _new_group(found: Overlap, flows: _Flows, column: int) -> Happened:
    origin, whole, size = flows.origin(column), flows.sources_of(column), int(found.new_size[column])
    new = found.new[column]
    common, jaccard, old_size = flows.compared(origin, column)
    if len(whole) > 1:
        return Happened(new, None, "merged", [found.old[row] for row in whole], [new], common, jaccard, old_size, size)
    if origin is not None and column in flows.parts_of(origin):
        return Happened(new, None, "split", [found.old[origin]], [new], common, jaccard, old_size, size)
    return Happened(new, None, "born", [], [new], common, jaccard, 0, size)


def _gone(found: Overlap, flows: _Flows, row: int) -> Happened:
    largest, parts, whole, old = flows.largest(row), flows.parts_of(row), flows.went_to(row), found.old[row]
    common, jaccard, size = flows.compared(row, largest)
    new_size = 0 if largest is None else int(found.new_size[largest])
    if len(parts) > 1:
        after = [found.new[column] for column in parts]
        return Happened(None, old, "split", [old], after, common, jaccard, size, new_size)
    if whole is not None:
        return Happened(None, old, "merged", [old], [found.new[whole]], common, jaccard, size, new_size)
    return Happened(None, old, "died", [old], [], common, jaccard, int(found.old_size[row]), 0)
