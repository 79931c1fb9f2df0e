"""The result of putting new conversations into an atlas."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import polars as pl


class Assigned(NamedTuple):
    """``table``: one row per usable record, in the order of the input (conversation, record, group, name, margin, code
    of the given category, known, refused, fit, fits, nearest); ``read`` and ``rejected`` count input records,
    ``failed`` the questions without a usable answer.

    ``fit`` is the p-value of a new conversation, in (0, 1]: the share of members that fit as badly. ``fits`` is false
    where the conversation fits no group; then ``group``, ``name`` and ``margin`` are null, and ``nearest`` is the group
    that it would have. Of a conversation that the screener refused all these are null.

    >>> import clioscope
    >>> found = clioscope.assign("atlas/", "new.jsonl")
    >>> found.read, found.nothing
    (5, 0)
    """

    table: pl.DataFrame
    read: int
    rejected: int
    failed: int

    @property
    def nothing(self) -> int:
        """How many conversations fit no group."""
        return int(self.table.filter(~self.table["fits"])["conversation"].n_unique())
