"""What an update read, as the rows of the atlas: conversations, or their segments."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from clioscope.atlas.segments import segments_of
from clioscope.pipeline.dividing import divided_as

if TYPE_CHECKING:
    import polars as pl

    from clioscope.atlas import Atlas
    from clioscope.conversations.collect import Collected
    from clioscope.settings import InputSettings


class Units(NamedTuple):
    """Tables as in ``Collected``, with one row per conversation or segment. ``segments``: those of all conversations,
    old and new ones, None where conversations are not cut."""

    conversations: pl.DataFrame
    occurrences: pl.DataFrame
    transcripts: pl.DataFrame
    segments: pl.DataFrame | None


def units_of(atlas: Atlas, collected: Collected, files: Sequence[Path], settings: InputSettings, seed: int) -> Units:
    """What was ``collected`` of new files, cut as the conversations of the atlas are.

    A conversation that the atlas has keeps the segments that it has there.
    """
    import polars as pl

    old = segments_of(atlas)
    if old is None:
        return Units(collected.conversations, collected.occurrences, collected.transcripts, None)
    known = old.select("conversation").unique()
    cut = divided_as(atlas, collected, files, settings, seed)
    new = getattr(cut, "segments", None)
    if new is None:  # an atlas in which nothing was cut
        new = cut.conversations.select("conversation", segment="conversation").with_columns(
            *(pl.lit(1, pl.UInt32).alias(name) for name in ("part", "parts", "first_turn", "last_turn")),
            weight=pl.lit(1.0),
        )
    new = new.select(old.columns).join(known, on="conversation", how="anti")
    ids = new.select(conversation="segment")
    again = (
        collected.occurrences.join(old.select("conversation", "segment"), on="conversation", how="inner")
        .with_columns(conversation="segment")
        .drop("segment")
    )
    sizes = collected.conversations.join(old.select("conversation", "segment"), on="conversation", how="inner")
    kept = pl.read_parquet(atlas.path / "conversations.parquet", glob=False).join(
        sizes.select(conversation="segment"), on="conversation", how="semi"
    )
    return Units(
        pl.concat([cut.conversations.join(ids, on="conversation", how="semi"), kept], how="diagonal_relaxed"),
        pl.concat([cut.occurrences.join(ids, on="conversation", how="semi"), again.select(cut.occurrences.columns)]),
        cut.transcripts.join(ids, on="conversation", how="semi"),
        pl.concat([old, new.cast(old.schema)]).sort("segment"),
    )
