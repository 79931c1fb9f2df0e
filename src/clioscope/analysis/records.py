"""One row per record of an atlas (or per segment of one), with its base group and the person who wrote it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from clioscope.atlas.segments import segments_of, whole_ids
from clioscope.errors import AtlasError, ClioscopeError

if TYPE_CHECKING:
    import polars as pl

    from clioscope.atlas import Atlas


def records_of(atlas: Atlas) -> pl.DataFrame:
    """conversation, record, user, created_at, meta_…, group (the base group), person, number, part.

    A conversation that occurs three times has three rows; one of a group that the analyst has hidden has none.
    ``person`` is the number of the user (from 1); copies of one text without a user count as one person, whose number
    is negative. In an atlas of segments each segment of a record has a row. These rows have the same ``number``, and
    ``part`` (0 to 1) is how much of the record the segment is. A record that is not cut has the part 1.

    Raises AtlasError for a published atlas.
    """
    import polars as pl

    if atlas.published:
        raise AtlasError(
            f"{atlas.path}: a published atlas holds no conversations; take the atlas that it was made from."
        )
    seen = atlas.clusters.select("conversation", "group").join(atlas.tree.select("group"), on="group", how="semi")
    rows = atlas.occurrences.join(seen, on="conversation", how="inner", maintain_order="left")
    segments = segments_of(atlas)
    rows = rows.with_columns(whole_ids(rows, segments).alias("whole"), part=pl.lit(1.0))
    if segments is not None:
        parts = segments.select(part=pl.col("weight").cast(pl.Float64), conversation="segment")
        rows = rows.drop("part").join(parts, on="conversation", how="left", maintain_order="left")
    copy = pl.int_range(pl.len()).over("conversation")
    unknown = -pl.col("whole").rank("dense").cast(pl.Int64)
    return rows.with_columns(
        person=pl.coalesce(pl.col("user").cast(pl.Int64), unknown),
        number=pl.struct(pl.col("whole"), copy.alias("copy")).rank("dense").cast(pl.Int64),
    ).drop("whole")


def metadata_fields(rows: pl.DataFrame) -> list[str]:
    """The metadata fields of records, without the ``meta_`` that their columns begin with."""
    return [name.removeprefix("meta_") for name in rows.columns if name.startswith("meta_")]


def column_of(atlas: Atlas, rows: pl.DataFrame, field: str) -> tuple[str, pl.Series]:
    """Where a field was found (``facet``, ``meta`` or ``conversation``), and its value in each of ``rows``.

    ``field`` is a facet, a metadata field (with or without ``meta_``), or ``turns`` or ``characters``. Raises
    ClioscopeError, with the fields that there are, for another one.
    """
    bare = field.removeprefix("meta_")
    if field in atlas.facets.columns and field != "conversation":
        return "facet", _looked_up(rows, atlas.facets, field)
    if f"meta_{bare}" in rows.columns:
        return "meta", rows[f"meta_{bare}"]
    if field in ("turns", "characters"):
        return "conversation", _looked_up(rows, atlas.conversations, field)
    facets = [name for name in atlas.facets.columns if name not in ("conversation", "asked")]
    raise ClioscopeError(
        f"{atlas.path}: there is no field {field!r}; its facets are {listed(facets)}, its metadata fields "
        f"{listed(metadata_fields(rows))} (build with --set \"input.metadata=['FIELD']\" to keep another one)."
    )


def listed(names: Sequence[Any], most: int = 12) -> str:
    """Names for a sentence: the first few, and how many more."""
    if not names:
        return "(none)"
    rest = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(str(name) for name in names[:most]) + rest


def _looked_up(rows: pl.DataFrame, table: pl.DataFrame, column: str) -> pl.Series:
    found = rows.select("conversation").join(
        table.select("conversation", column), on="conversation", how="left", maintain_order="left"
    )
    return found[column]
