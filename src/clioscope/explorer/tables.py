"""Tables of the atlas, put in the order of the page's rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

    from clioscope.atlas import Atlas


def page_rows(atlas: Atlas) -> pl.DataFrame:
    """The rows of the page, in their order: those of ``clusters`` that are shown, with count and first_at."""
    rows = atlas.clusters
    if len(atlas.shown_rows) < rows.height:
        rows = rows[atlas.shown_rows]
    held = beside(rows, atlas.conversations.select("conversation", "count", "first_at"))
    return rows.with_columns(held["count"], held["first_at"])


def beside(rows: pl.DataFrame, table: pl.DataFrame) -> pl.DataFrame:
    """The rows of ``table`` in the order of the column conversation of ``rows``; null where it has none.

    Most tables of an atlas stand in one order. For these nothing is joined, which takes longest of a million rows.
    """
    ids = rows["conversation"]
    if len(ids) == table.height and ids.equals(table["conversation"]):
        return table
    return rows.select("conversation").join(table, on="conversation", how="left", maintain_order="left")


def first_records(atlas: Atlas, rows: pl.DataFrame, fields: Sequence[str], *, known: str | None = None) -> pl.DataFrame:
    """Columns of ``occurrences`` beside ``rows``: those of each conversation's first record; with ``known`` of the
    first record in which that column is not null."""
    import polars as pl

    table = atlas.occurrences.select("conversation", *fields)
    if known is not None:
        table = table.filter(pl.col(known).is_not_null())
    ids = table["conversation"]
    heads = table.filter(ids.ne_missing(ids.shift(1)))
    if heads["conversation"].equals(rows["conversation"]):  # the records of each stand together, in the same order
        return heads
    return beside(rows, table.unique("conversation", keep="first", maintain_order=True))
