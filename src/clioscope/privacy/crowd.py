"""Who stands behind some rows of an atlas, and whether they are enough to publish something about them.

Rows are conversations, or segments of them. Near copies of one text count once, and people are distinct authors of
distinct texts (``naming.people``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.naming.people import count_people
from clioscope.settings import PrivacySettings

if TYPE_CHECKING:
    from clioscope.atlas import Atlas

Rows = NDArray[np.intp]
_NOBODY = -1  # in place of the users of all conversations without a user id


class Crowd(NamedTuple):
    """``authors`` (n): the users that wrote each row, as numbers. ``text`` (n,): equal for near copies. ``whole`` (n,):
    equal for segments of one conversation. ``times`` (n,): how often each conversation occurs. ``weight`` (n,): the
    part of a conversation that each row is. ``counted`` (n,): whether a row counts for the thresholds.
    """

    authors: Sequence[Sequence[int]]
    text: NDArray[np.int64]
    whole: NDArray[np.int64]
    times: NDArray[np.int64]
    weight: NDArray[np.float64]
    counted: NDArray[np.bool_]
    min_conversations: int
    min_users: int

    def enough(self, rows: Rows) -> bool:
        """Whether some rows meet the thresholds."""
        most = max(64, 4 * self.min_conversations)
        while most < len(rows):  # what holds for some of the rows holds for all of them
            if self.lacking(rows[:most]) is None:
                return True
            most *= 8
        return self.lacking(rows) is None

    def safe(self, rows: Rows) -> bool:
        """Whether some rows meet the thresholds, or are none."""
        return not len(rows) or self.enough(rows)

    def lacking(self, rows: Rows) -> str | None:
        """A short reason why nothing may be published about some rows, None if they meet the thresholds."""
        rows = rows[self.counted[rows]]
        distinct = min(len(np.unique(self.text[rows])), len(np.unique(self.whole[rows])))
        if distinct < self.min_conversations:
            return f"fewer than {self.min_conversations} conversations"
        texts = self.text[rows].tolist()
        written = ((self.authors[row], text) for row, text in zip(rows.tolist(), texts, strict=True))
        if count_people(written, self.min_users) < self.min_users:
            return f"fewer than {self.min_users} users"
        return None

    def size(self, rows: Rows) -> int:
        """How many conversations some rows are, with duplicates; a conversation counts once, in all its segments."""
        _, first = np.unique(self.whole[rows], return_index=True)
        return int(self.times[rows[first]].sum())

    def as_counted(self, times: NDArray[np.int64]) -> Crowd:
        """The crowd in which what earlier copies counted occurs as often as it did then: ``times`` (n,), 0 for a row
        that none of them counted. The segments of one conversation occur equally often."""
        then = np.zeros(self.whole.max(initial=0) + 1, np.int64)
        np.maximum.at(then, self.whole, times)
        return self._replace(times=np.where(then[self.whole] > 0, then[self.whole], self.times))

    def share(self, rows: Rows) -> float:
        """How many conversations some rows stand for, where the segments of a conversation have a part each."""
        return float((self.weight[rows] * self.times[rows]).sum())


def crowd_of(atlas: Atlas, conversations: Sequence[str], settings: PrivacySettings) -> Crowd:
    """The crowd behind some rows of an atlas, given by their ids.

    With ``settings.each_a_user`` every conversation without a user id is of another person; otherwise all of them
    together are of one. Without ``settings.bursts``, conversations of a burst count for no threshold.
    """
    import polars as pl

    from clioscope.atlas.copies import copies_of, texts_of
    from clioscope.atlas.segments import segments_of, whole_ids

    table = pl.DataFrame({"conversation": conversations})
    wrote = atlas.occurrences.group_by("conversation").agg(
        pl.col("user").drop_nulls().unique().sort(), pl.col("user").is_null().any().alias("anonymous")
    )
    sized = atlas.conversations.select("conversation", "count")
    rows = table.join(sized, on="conversation", how="left", maintain_order="left")
    rows = rows.join(wrote, on="conversation", how="left", maintain_order="left")
    segments = segments_of(atlas)
    whole = whole_ids(table, segments).rank("dense").cast(pl.Int64)
    weight = pl.Series([1.0] * table.height)
    if segments is not None:
        parts = segments.select("weight", conversation="segment")
        weight = table.join(parts, on="conversation", how="left", maintain_order="left")["weight"]
    authors = []
    for users, anonymous, own in zip(rows["user"].to_list(), rows["anonymous"].to_list(), whole.to_list(), strict=True):
        nobody = -1 - own if settings.each_a_user else _NOBODY  # ranks count from 1
        authors.append([*(users or []), *([nobody] if anonymous or not users else [])])
    counted = np.ones(table.height, bool)
    if not settings.bursts:
        from clioscope.privacy.bursts import bursts

        held = [one for burst in bursts(atlas, least_users=settings.min_users) for one in burst.conversations]
        counted = ~table["conversation"].is_in(held).to_numpy()
    return Crowd(
        authors,
        texts_of(table["conversation"], copies_of(atlas)).to_numpy(),
        whole.to_numpy(),
        rows["count"].cast(pl.Int64).to_numpy(),
        weight.to_numpy(),
        counted,
        settings.min_conversations,
        settings.min_users,
    )
