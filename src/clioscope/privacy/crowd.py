"""Who stands behind some rows of an atlas, and whether they are enough to publish something about them.

Rows are conversations, each once (of segments: ``main_segments``). Near copies of one text count once, and people are
distinct authors of distinct texts (``naming.people``).
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
    """``authors`` (n): the users that wrote each row, as numbers. ``text`` (n,): equal for near copies. ``times`` (n,):
    how often each conversation occurs. ``counted`` (n,): whether a row counts for the thresholds.
    """

    authors: Sequence[Sequence[int]]
    text: NDArray[np.int64]
    times: NDArray[np.int64]
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
        if len(np.unique(self.text[rows])) < self.min_conversations:
            return f"fewer than {self.min_conversations} conversations"
        texts = self.text[rows].tolist()
        written = ((self.authors[row], text) for row, text in zip(rows.tolist(), texts, strict=True))
        if count_people(written, self.min_users) < self.min_users:
            return f"fewer than {self.min_users} users"
        return None

    def size(self, rows: Rows) -> int:
        """How many conversations some rows are, with duplicates."""
        return int(self.times[rows].sum())

    def as_counted(self, times: NDArray[np.int64]) -> Crowd:
        """The crowd in which what earlier copies counted occurs as often as it did then: ``times`` (n,), 0 for a row
        that none of them counted."""
        return self._replace(times=np.where(times > 0, times, self.times))


def crowd_of(atlas: Atlas, conversations: Sequence[str], settings: PrivacySettings) -> Crowd:
    """The crowd behind some rows of an atlas, given by their ids.

    With ``settings.each_a_user`` every conversation without a user id is of another person; otherwise all of them
    together are of one. Without ``settings.bursts``, conversations of a burst count for no threshold.
    """
    import polars as pl

    from clioscope.atlas.copies import copies_of, texts_of

    table = pl.DataFrame({"conversation": conversations}, schema={"conversation": pl.String})
    wrote = atlas.occurrences.group_by("conversation").agg(
        pl.col("user").drop_nulls().unique().sort(), pl.col("user").is_null().any().alias("anonymous")
    )
    sized = atlas.conversations.select("conversation", "count")
    rows = table.join(sized, on="conversation", how="left", maintain_order="left")
    rows = rows.join(wrote, on="conversation", how="left", maintain_order="left")
    authors = []
    for row, (users, anonymous) in enumerate(rows.select("user", "anonymous").iter_rows()):
        nobody = _NOBODY - 1 - row if settings.each_a_user else _NOBODY
        authors.append([*(users or []), *([nobody] if anonymous or not users else [])])
    counted = np.ones(table.height, bool)
    if not settings.bursts:
        from clioscope.privacy.bursts import bursts

        held = [one for burst in bursts(atlas, settings.min_users, conversations) for one in burst.conversations]
        counted = ~table["conversation"].is_in(held).to_numpy()
    return Crowd(
        authors,
        texts_of(table["conversation"], copies_of(atlas)).to_numpy(),
        rows["count"].cast(pl.Int64).to_numpy(),
        counted,
        settings.min_conversations,
        settings.min_users,
    )
