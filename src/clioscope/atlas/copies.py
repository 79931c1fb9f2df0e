"""Which conversations of an atlas are near copies of one text, so that they count once where people are counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

    from clioscope.atlas.atlas import Atlas


def texts_of(conversations: pl.Series, copies: pl.DataFrame | None) -> pl.Series:
    """The number of the text of each conversation (n), equal for near copies.

    ``copies`` has the columns conversation and text. What it does not hold, or everything without it, is no copy.
    """
    import polars as pl

    rows = pl.DataFrame({"conversation": conversations})
    own = pl.int_range(rows.height, dtype=pl.Int64)
    if copies is None:
        return rows.select(text=own)["text"]
    known = copies.select("conversation", pl.col("text").cast(pl.Int64))
    found = rows.join(known, on="conversation", how="left", maintain_order="left")
    return found.select(pl.coalesce("text", -1 - own).alias("text"))["text"]


def copies_of(atlas: Atlas) -> pl.DataFrame | None:
    """conversation, text: the near copies of an atlas. An atlas of an earlier version tells only of those whose vectors
    are nearly equal; None where it does not tell at all."""
    import polars as pl

    if (atlas.path / "copies.parquet").exists():
        return atlas.table("copies").select("conversation", "text")
    if (atlas.path / "asked.parquet").exists():
        table = atlas.table("asked")
        if "stands_for" in table.columns:
            return table.select("conversation", text=pl.col("stands_for"))
    return None
