"""Where the conversations of two atlases lie among the groups of both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.atlas.membership import lines_of
from clioscope.comparison.likeness import base_labels
from clioscope.vectors.centroids import group_sums
from clioscope.vectors.unit import unit_rows

if TYPE_CHECKING:
    from clioscope.atlas import Atlas

_STEP = 1 << 16  # vectors that are compared at once
LEAST = 0.1  # of a group's share: with less of the other side in its place, the group is new (or gone)


class Landed(NamedTuple):
    """Every conversation of both atlases at the nearest base group of either.

    Of each side (0 before, 1 after): ``own``: group of any level -> how many conversations of its own side lie in its
    place; ``theirs``: the same of the other side, by the group of the other side, of any level, that holds them there;
    ``total``: conversations.
    """

    own: tuple[dict[str, int], dict[str, int]]
    theirs: tuple[dict[str, dict[str, int]], dict[str, dict[str, int]]]
    total: tuple[int, int]

    @classmethod
    def of(cls, before: Atlas, after: Atlas) -> Landed:
        """Where the conversations of two atlases lie. Their plain vectors must be of one space (``vector_space``)."""
        from clioscope.atlas.vectors import read_plain

        atlases = before, after
        bases, labels, lines = [], [], []
        vectors = [read_plain(atlas.path, in_place=True) for atlas in atlases]
        for atlas in atlases:
            names, places = base_labels(atlas)
            bases.append(names)
            labels.append(places)
            lines.append(lines_of(dict(atlas.tree.select("group", "parent").iter_rows())))
        sums = np.concatenate(
            [
                group_sums(rows, places, len(names))[0]
                for rows, places, names in zip(vectors, labels, bases, strict=True)
            ]
        )
        counts = [np.zeros((len(bases[0]) + len(bases[1]), len(names)), np.int64) for names in bases]
        for side in (0, 1):
            at = _nearest(vectors[side], labels[side], sums, side * len(bases[0]))
            shown = labels[side] >= 0
            np.add.at(counts[side], (at[shown], labels[side][shown]), 1)
        own: tuple[dict[str, int], dict[str, int]] = {}, {}
        theirs: tuple[dict[str, dict[str, int]], dict[str, dict[str, int]]] = {}, {}
        for side in (0, 1):
            first = side * len(bases[0])
            for place, base in enumerate(bases[side]):
                for holder in lines[side][base]:
                    own[side][holder] = own[side].get(holder, 0) + int(counts[side][first + place].sum())
                    flow = theirs[side].setdefault(holder, {})
                    for column in np.flatnonzero(counts[1 - side][first + place]).tolist():
                        for other in lines[1 - side][bases[1 - side][column]]:
                            flow[other] = flow.get(other, 0) + int(counts[1 - side][first + place, column])
        return cls(own, theirs, (int((labels[0] >= 0).sum()), int((labels[1] >= 0).sum())))

    def whole(self, side: int, group: str, others: Sequence[str], least: float = LEAST) -> str | None:
        """The group, among ``others`` of the other side, that most of what it has in the place of a group belongs to;
        None where it has next to nothing there, so that the group is new (or gone)."""
        flow = {other: self.theirs[side].get(group, {}).get(other, 0) for other in others}
        there = sum(flow.values()) / max(self.total[1 - side], 1)
        if not there or there < least * self.own[side].get(group, 0) / max(self.total[side], 1):
            return None
        return max(flow, key=lambda other: (flow[other], other))


def _nearest(
    vectors: NDArray[np.floating], labels: NDArray[np.int64], sums: NDArray[np.float64], first: int
) -> NDArray[np.int64]:
    """The place of the nearest of all groups of each vector (n, d), block by block.

    ``sums`` (k, d): the sums of the groups of both sides; those of the vectors' own side begin at ``first``. A vector
    is taken out of its own group before it is compared: a mean lies near to what it is the mean of, whatever that is.
    """
    centres, lengths = unit_rows(sums), np.linalg.norm(sums, axis=1)
    found = np.empty(len(vectors), np.int64)
    for start in range(0, len(vectors), _STEP):
        block = np.asarray(vectors[start : start + _STEP], np.float32)
        cosines = block @ centres.T
        rows = np.flatnonzero(labels[start : start + _STEP] >= 0)
        own = labels[start : start + _STEP][rows] + first
        along = cosines[rows, own] * lengths[own]
        rest = np.sqrt(np.maximum(lengths[own] ** 2 - 2 * along + 1, 1e-12))
        cosines[rows, own] = np.where(rest > 1e-5, (along - 1) / rest, -1)
        found[start : start + _STEP] = cosines.argmax(axis=1)
    return found
