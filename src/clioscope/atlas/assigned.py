"""The result of putting new conversations into an atlas."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import polars as pl


class Assigned(NamedTuple):
    """``table``: one row per usable record (conversation, record, group, name, margin,
    code of the given category, known, refused); ``read`` and
    ``rejected`` count input records, ``failed`` the questions without a usable answer."""

    table: pl.DataFrame
    read: int
    rejected: int
    failed: int
