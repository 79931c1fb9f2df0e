"""How many conversations the groups of two atlases have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import polars as pl


class Overlap(NamedTuple):
    """The groups of an earlier atlas (``old``, b of them) against those of a later one (``new``, a of them).

    ``rows``, ``columns`` and ``common`` (p,): the pairs of an old and a new group that share conversations, and how
    many they share. ``old_known`` (b,): members of each old group that the later atlas has as well; ``new_known``
    (a,): members of each new group that the earlier atlas has as well. ``old_size`` and ``new_size`` count all
    members; ``old_total`` and ``new_total`` count the conversations of all groups. ``kept`` and ``known`` are
    the shares of them that the other atlas has as well, 0 to 1.
    """

    old: list[Any]
    new: list[Any]
    rows: NDArray[np.int64]
    columns: NDArray[np.int64]
    common: NDArray[np.int64]
    old_known: NDArray[np.int64]
    new_known: NDArray[np.int64]
    old_size: NDArray[np.int64]
    new_size: NDArray[np.int64]
    old_total: int
    new_total: int
    kept: float
    known: float

    @property
    def jaccard(self) -> NDArray[np.float64]:
        """Conversations in both groups of each pair, per conversation in one of them or both, shape (p,).

        Only conversations that both atlases have are counted.
        """
        either = self.old_known[self.rows] + self.new_known[self.columns] - self.common
        return np.asarray(self.common / np.maximum(either, 1), dtype=np.float64)


def overlap(old: pl.DataFrame, new: pl.DataFrame) -> Overlap:
    """The overlap of two tables of members, each with the columns conversation and group.

    A conversation may stand in several groups of one table. A group is text, a number, or any value that sorts.
    """
    import polars as pl

    before, after = (table["group"].unique().sort().to_list() for table in (old, new))
    row, column = ({group: place for place, group in enumerate(groups)} for groups in (before, after))
    pairs = (
        old.rename({"group": "old"})
        .join(new.rename({"group": "new"}), on="conversation", how="inner")
        .group_by("old", "new")
        .agg(pl.len().alias("common"))
        .sort("old", "new")
    )
    both = [old.join(new, on="conversation", how="semi"), new.join(old, on="conversation", how="semi")]
    one, other = old["conversation"].n_unique(), new["conversation"].n_unique()
    return Overlap(
        before,
        after,
        np.array([row[group] for group in pairs["old"]], dtype=np.int64),
        np.array([column[group] for group in pairs["new"]], dtype=np.int64),
        pairs["common"].to_numpy().astype(np.int64),
        _sizes(both[0], row),
        _sizes(both[1], column),
        _sizes(old, row),
        _sizes(new, column),
        one,
        other,
        both[0]["conversation"].n_unique() / max(one, 1),
        both[1]["conversation"].n_unique() / max(other, 1),
    )


def _sizes(members: pl.DataFrame, place: dict[Any, int]) -> NDArray[np.int64]:
    sizes = np.zeros(len(place), np.int64)
    for group, size in members.group_by("group").len().iter_rows():
        sizes[place[group]] = size
    return sizes
