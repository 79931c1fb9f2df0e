"""An atlas as a DuckDB database."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clioscope.atlas.flat import table
from clioscope.atlas.opening import opened
from clioscope.atlas.segments import segments_of
from clioscope.atlas.shown import groups_table
from clioscope.errors import ClioscopeError
from clioscope.files.modes import mode_for
from clioscope.files.replacing import saving
from clioscope.interchange.needing import needed

if TYPE_CHECKING:
    import polars as pl

    from clioscope.atlas import Atlas


def to_duckdb(atlas: Atlas | str | Path, to: str | Path | Any) -> Any:
    """Put an atlas into a DuckDB database: a file, or an open connection. Returns what was given, a file as its path.

    Tables: ``records`` (the rows of ``clioscope.table``), ``groups`` (one row per group, with its share) and
    ``members`` (conversation, group, count: every group that holds a conversation, at each level). In an atlas of
    segments ``members`` has a row per segment and group, with segment, conversation, group, count and weight (the part
    of its conversation that a segment is). Of a published atlas: ``groups`` and ``facet_counts``. Tables of these names
    are replaced; a file is written anew as a whole.

    >>> import duckdb  # doctest: +SKIP
    >>> from clioscope import interchange
    >>> interchange.to_duckdb("atlas/", "atlas.duckdb")  # doctest: +SKIP
    >>> with duckdb.connect("atlas.duckdb") as base:  # doctest: +SKIP
    ...     base.sql("SELECT name_1, count(*) FROM records GROUP BY name_1 ORDER BY 2 DESC").show()

    Raises ClioscopeError without the package duckdb, or if the file cannot be written.
    """
    duckdb = needed("duckdb")
    atlas = opened(atlas)
    if not isinstance(to, str | Path):
        _fill(to, _tables(atlas))
        return to
    to = Path(to)
    with saving(to, mode_for(atlas.published)) as part:
        part.unlink()  # DuckDB takes no empty file for a database
        try:
            with duckdb.connect(str(part)) as base:
                _fill(base, _tables(atlas))
        except duckdb.IOException as error:
            raise ClioscopeError(f"{to}: cannot be written ({str(error).splitlines()[0]}).") from error
        part.chmod(mode_for(atlas.published))
    return to


def _tables(atlas: Atlas) -> dict[str, pl.DataFrame]:
    if atlas.published:
        return {"groups": groups_table(atlas), "facet_counts": atlas.facet_counts}
    return {"records": table(atlas), "groups": groups_table(atlas), "members": _members(atlas)}


def _members(atlas: Atlas) -> pl.DataFrame:
    segments = segments_of(atlas)
    if segments is None:
        return atlas.membership
    rows = atlas.membership.rename({"conversation": "segment"})
    parts = segments.select("segment", "conversation", "weight")
    return rows.join(parts, on="segment", how="left", maintain_order="left").select(
        "segment", "conversation", "group", "count", "weight"
    )


def _fill(base: Any, tables: dict[str, pl.DataFrame]) -> None:
    """By way of Parquet, which needs no third package between polars and DuckDB."""
    with tempfile.TemporaryDirectory() as folder:
        for name, rows in tables.items():
            file = Path(folder) / f"{name}.parquet"
            rows.write_parquet(file)
            base.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM read_parquet(?)", [str(file)])
