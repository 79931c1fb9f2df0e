"""What an update reads: conversations that are new, and further occurrences of those that are known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from clioscope.pipeline.updating.people import renumbered

if TYPE_CHECKING:
    import polars as pl

    from clioscope.atlas import Atlas
    from clioscope.conversations.collect import Collected
    from clioscope.settings import InputSettings, Settings


class Arrivals(NamedTuple):
    """``conversations`` and ``occurrences`` of the atlas with what arrived; ``fresh``: the new conversations;
    ``transcripts`` of the new ones. ``known``: distinct conversations that the atlas had and that came again;
    ``again``: their further records; ``repeated``: records that the atlas had counted already; ``remarks`` for the
    reader."""

    conversations: pl.DataFrame
    occurrences: pl.DataFrame
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
    old_rows, old = pl.read_parquet(atlas.path / "occurrences.parquet", glob=False), _all_conversations(atlas)
    rows, repeated = _unseen(found.occurrences, old_rows)
    old_rows, rows, remarks = renumbered(atlas, old_rows, rows, paths, settings.input, chosen)
    occurrences = pl.concat([old_rows, rows], how="diagonal_relaxed").select(
        *old_rows.columns, *(name for name in rows.columns if name not in old_rows.columns)
    )
    order = [name for name in ("conversation", "record", "user", "created_at") if name in occurrences.columns]
    occurrences = occurrences.sort(*order, maintain_order=True)
    known = found.conversations.join(old, on="conversation", how="semi")
    fresh = found.conversations.join(old, on="conversation", how="anti").sort("conversation")
    conversations = _counted(pl.concat([old, fresh], how="diagonal_relaxed"), occurrences).select(old.columns)
    return Arrivals(
        conversations,
        occurrences,
        fresh,
        found.transcripts.join(fresh, on="conversation", how="semi").sort("conversation"),
        known.height,
        rows.join(known, on="conversation", how="semi").height,
        repeated,
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


def _all_conversations(atlas: Atlas) -> pl.DataFrame:
    import polars as pl

    return pl.read_parquet(atlas.path / "conversations.parquet", glob=False)


def templates_in(folder: Path) -> Any:
    """What was cut from the texts of the atlas, and so is from new ones."""
    import polars as pl

    from clioscope.conversations.texts.templates import Templates, templates_of

    path = folder / "templates.parquet"
    return templates_of(pl.read_parquet(path, glob=False)) if path.exists() else Templates()


def _unseen(rows: pl.DataFrame, old: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """The occurrences that the atlas has not counted, and how many it has."""
    import polars as pl

    own = pl.col("record") != pl.col("conversation")
    seen = rows.filter(own).join(old, on=["conversation", "record", "created_at"], how="semi", nulls_equal=True)
    left = rows.join(seen, on=["conversation", "record", "created_at"], how="anti", nulls_equal=True)
    return left, rows.height - left.height


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
