"""What an update reads: conversations that are new, and further occurrences of those that are known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from clioscope.atlas.segments import segments_of, whole_ids
from clioscope.pipeline.updating.people import renumbered
from clioscope.pipeline.updating.rows import read
from clioscope.pipeline.updating.units import units_of

if TYPE_CHECKING:
    import polars as pl

    from clioscope.atlas import Atlas
    from clioscope.conversations.collect import Collected
    from clioscope.settings import InputSettings, Settings


class Arrivals(NamedTuple):
    """``conversations`` and ``occurrences`` of the atlas with what arrived, one row per segment where conversations are
    cut; ``segments`` of all then; ``fresh``: the new rows; ``transcripts`` of these. ``known``: distinct conversations
    that the atlas had and that came again; ``again``: their further records; ``repeated``: records that the atlas had
    counted already; ``remarks`` for the reader."""

    conversations: pl.DataFrame
    occurrences: pl.DataFrame
    segments: pl.DataFrame | None
    fresh: pl.DataFrame
    transcripts: pl.DataFrame
    known: int
    again: int
    repeated: int
    read: int
    rejected: int
    remarks: list[str]


def read_arrivals(
    atlas: Atlas, paths: Sequence[Path], settings: Settings, given: Mapping[str, str | None], rejected: Path
) -> Arrivals:
    """Read the new files as the atlas's input was read, or as ``given`` says, and merge them with the atlas.

    A record is the same as one of the atlas if conversation, id and date are equal and the id is not made of the
    content; it is not counted again. Raises InputError for files that cannot be read.
    """
    import polars as pl

    from clioscope.conversations.collect import collect_conversations

    chosen = reading(settings.input, paths, given)
    found = collect_conversations([*paths], chosen, settings.seed, rejected, templates=templates_in(atlas.path))
    units = units_of(atlas, found, paths, chosen, settings.seed)
    old_rows, old = read(atlas.path, "occurrences"), read(atlas.path, "conversations")
    rows, seen = _unseen(units.occurrences, old_rows)
    own = set(whole_ids(old_rows.select("conversation"), segments_of(atlas)))
    old_rows, rows, remarks = renumbered(atlas, old_rows, rows, paths, settings.input, chosen, own)
    occurrences = pl.concat([old_rows, rows], how="diagonal_relaxed").select(
        *old_rows.columns, *(name for name in rows.columns if name not in old_rows.columns)
    )
    order = [name for name in ("conversation", "record", "user", "created_at") if name in occurrences.columns]
    occurrences = occurrences.sort(*order, maintain_order=True)
    known = units.conversations.join(old, on="conversation", how="semi")
    fresh = units.conversations.join(old, on="conversation", how="anti").sort("conversation")
    conversations = _counted(pl.concat([old, fresh], how="diagonal_relaxed"), occurrences).select(old.columns)

    def number(table: pl.DataFrame, *columns: str) -> int:
        whole = table.with_columns(whole_ids(table, units.segments))
        return whole.select("conversation", *columns).unique().height if units.segments is not None else table.height

    return Arrivals(
        conversations,
        occurrences,
        units.segments,
        fresh,
        units.transcripts.join(fresh, on="conversation", how="semi").sort("conversation"),
        number(known),
        number(rows.join(known, on="conversation", how="semi"), "record", "created_at"),
        number(seen, "record", "created_at"),
        found.read,
        found.rejected,
        [*_remarks(found), *remarks],
    )


def reading(inherited: InputSettings, paths: Sequence[Path], given: Mapping[str, str | None]) -> InputSettings:
    """How to read new files: as told, else as the atlas's input was read, else as their content says."""
    from clioscope.conversations.collect import read_options
    from clioscope.conversations.read import fits

    inherited = inherited.model_copy(update={"sample": None})
    if not any(given.values()) and all(fits(path, read_options(inherited)) for path in paths):
        return inherited
    return inherited.model_copy(update={**given, "user_column": None, "date_column": None, "metadata": ()})


def templates_in(folder: Path) -> Any:
    """What was cut from the texts of the atlas, and so is from new ones."""
    import polars as pl

    from clioscope.conversations.texts.templates import Templates, templates_of

    path = folder / "templates.parquet"
    return templates_of(pl.read_parquet(path, glob=False)) if path.exists() else Templates()


def _unseen(rows: pl.DataFrame, old: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The occurrences that the atlas has not counted, and those that it has."""
    import polars as pl

    own = pl.col("record") != pl.col("conversation")
    seen = rows.filter(own).join(old, on=["conversation", "record", "created_at"], how="semi", nulls_equal=True)
    return rows.join(seen, on=["conversation", "record", "created_at"], how="anti", nulls_equal=True), seen


def _counted(conversations: pl.DataFrame, occurrences: pl.DataFrame) -> pl.DataFrame:
    """The conversations with their counts, users and dates made anew."""
    import polars as pl

    counts = occurrences.group_by("conversation").agg(
        pl.len().cast(pl.UInt32).alias("count"),
        pl.col("user").drop_nulls().n_unique().cast(pl.UInt32).alias("users"),
        pl.col("created_at").min().alias("first_at"),
        pl.col("created_at").max().alias("last_at"),
    )
    kept = conversations.drop("count", "users", "first_at", "last_at")
    return kept.join(counts, on="conversation", how="left").sort("conversation")


def _remarks(found: Collected) -> list[str]:
    return [sentence for sentence in (*found.lines, *found.remarks) if sentence != found.shared]
