"""Atlases whose rows are segments of conversations: counts of segments, and of the conversations that they are of."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

    from clioscope.atlas.atlas import Atlas


def has_segments(atlas: Atlas) -> bool:
    """Whether the rows of an atlas are segments (``segments.split``). A published one counts whole conversations."""
    return "weight" in atlas.tree.columns


def segments_of(atlas: Atlas) -> pl.DataFrame | None:
    """One row per segment: segment, conversation (the whole one), part (from 1), parts, first_turn, last_turn (of the
    user's turns, from 1), weight (the weights of one conversation sum to 1). None where conversations are not cut."""
    if not (atlas.path / "segments.parquet").exists():
        return None
    return atlas.table("segments")


def whole_counts(counts: pl.DataFrame, segments: pl.DataFrame) -> pl.DataFrame:
    """How often each whole conversation occurs, from a table (conversation, count) of segments."""
    whole = segments.select("segment", "conversation")
    rows = counts.rename({"conversation": "segment"}).join(whole, on="segment", how="inner")
    return rows.select("conversation", "count").unique("conversation", keep="first", maintain_order=True)


def whole_ids(table: pl.DataFrame, segments: pl.DataFrame | None) -> pl.Series:
    """The whole conversation of each row of a table with the column conversation."""
    if segments is None:
        return table["conversation"]
    place = segments.select(whole="conversation", conversation="segment")
    rows = table.select("conversation").join(place, on="conversation", how="left", maintain_order="left")
    return rows["whole"].alias("conversation")


def main_segments(table: pl.DataFrame, segments: pl.DataFrame) -> pl.DataFrame:
    """The rows of a table with the column conversation that are the longest segment of their conversation among these
    rows, the first of them where several are. So each conversation has one row, as where it is not cut."""
    there = segments.join(table.select(segment="conversation"), on="segment", how="semi")
    longest = there.sort("weight", "part", descending=[True, False]).unique("conversation", keep="first")
    return table.join(longest.select(conversation="segment"), on="conversation", how="semi", maintain_order="left")


def masses(table: pl.DataFrame, segments: pl.DataFrame | None) -> pl.Series:
    """What each row of a table (conversation, count) weighs in a share: how often it occurs, and of a segment this
    times its part of the conversation. So every conversation weighs as much as it occurs, however it is cut."""
    import polars as pl

    if segments is None:
        return table["count"]
    parts = segments.select("weight", conversation="segment")
    rows = table.select("conversation", "count").join(parts, on="conversation", how="left", maintain_order="left")
    return rows.select((pl.col("count") * pl.col("weight")).alias("count"))["count"]


def said_of_segments(atlas: Atlas) -> str:
    """A sentence that says what the counts of an atlas of segments are; empty for another one."""
    if atlas.manifest.get("main_segments"):
        return "The conversations are cut into segments; each is counted once, in the group of its longest segment."
    if not has_segments(atlas):
        return ""
    number = atlas.manifest["counts"].get("segments")
    cut = f"The conversations are cut into {number:,} segments. " if number else ""
    return (
        f"{cut}A group's count is how many conversations touch it; its share is its part of all, where the segments of "
        "a conversation have a part each."
    )


def said_of_size(row: dict[str, object], share: str) -> str:
    """The size of a group in words: of a tree of segments, what touches it and its share of all."""
    if "weight" not in row:
        return f"{row['count']:,}, {share}"
    return f"touched by {row['count']:,}, {share} of all"
