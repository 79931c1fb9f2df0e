"""Which group of a later atlas is which group of an earlier one: an optimal assignment on common conversations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.lineage.overlap import Overlap, overlap

if TYPE_CHECKING:
    import polars as pl

SAME = 1 / 3  # least overlap of a group with itself: two groups of one size share half of their members
MOVED = 0.8  # a group with less overlap than this has moved, and gets a new name
_TIE = 1e-6  # of two halves that are equally like a group, the one that an update left its id is that group
_EVIDENCE = 3  # conversations in common that a match needs; fewer where a group has fewer


class Match(NamedTuple):
    """``old``: the group of the earlier atlas; ``common``: conversations in both; ``overlap``: their Jaccard index, 0
    to 1, over the conversations that both atlases have."""

    old: Any
    common: int
    overlap: float

    @property
    def moved(self) -> bool:
        """Whether so many members came or went that the old name may not fit any more."""
        return self.overlap < MOVED


def match_groups(old: pl.DataFrame, new: pl.DataFrame) -> dict[Any, Match]:
    """The earlier group of every later group that has one, by the later group.

    ``old`` and ``new`` have the columns conversation and group.
    """
    found = overlap(old, new)
    jaccard = found.jaccard
    return {
        found.new[found.columns[pair]]: Match(
            found.old[found.rows[pair]], int(found.common[pair]), float(jaccard[pair])
        )
        for pair in matched_pairs(found).tolist()
    }


def matched_pairs(found: Overlap) -> NDArray[np.int64]:
    """The pairs (indices into ``found.rows``) of an old and a new group that are the same one.

    Each group is in one pair at most. Of all ways to pair the groups this is the one with the greatest sum of overlaps.
    A pair has an overlap of at least a third, and at least three conversations in common (or all of a smaller group).
    """
    from scipy.optimize import linear_sum_assignment
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    jaccard = found.jaccard
    enough = np.minimum(_EVIDENCE, np.minimum(found.old_size[found.rows], found.new_size[found.columns]))
    likely = np.flatnonzero((jaccard >= SAME) & (found.common >= enough))
    if not len(likely):
        return likely
    rows, columns = found.rows[likely], found.columns[likely] + len(found.old)
    size = len(found.old) + len(found.new)
    graph = coo_array((np.ones(len(likely)), (rows, columns)), shape=(size, size))
    part = connected_components(graph, directed=False)[1][rows]
    chosen: list[int] = []
    order = np.argsort(part, kind="stable")  # the parts share no group, so each is assigned by itself
    for inside in np.split(order, np.flatnonzero(np.diff(part[order])) + 1):
        left, row = np.unique(rows[inside], return_inverse=True)
        right, column = np.unique(columns[inside], return_inverse=True)
        gains = np.zeros((len(left), len(right)))
        pair = np.full(gains.shape, -1)
        own = [found.old[found.rows[one]] == found.new[found.columns[one]] for one in likely[inside]]
        gains[row, column], pair[row, column] = jaccard[likely[inside]] + _TIE * np.array(own), likely[inside]
        places = pair[linear_sum_assignment(gains, maximize=True)]
        chosen += places[places >= 0].tolist()
    return np.array(sorted(chosen), dtype=np.int64)


def kept_ids(ids: list[str], matches: dict[Any, Match], groups: list[Any], taken: set[str]) -> list[str]:
    """The ids of groups: that of the earlier group where there is one, else the group's own from ``ids``.

    ``groups`` are the groups as the keys of ``matches`` name them, in the order of ``ids``. ``taken`` are all ids of
    the earlier atlas: a group that is none of them gets another id than theirs.
    """
    from hashlib import blake2b

    found = []
    for own, group in zip(ids, groups, strict=True):
        if group in matches:
            found.append(str(matches[group].old))
            continue
        while own in taken:
            own = f"g{blake2b(own.encode(), digest_size=6).hexdigest()}"
        found.append(own)
    return found
