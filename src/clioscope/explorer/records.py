"""The records of a selection as a table, and as a file: CSV, JSONL or Parquet."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from clioscope.atlas.segments import segments_of
from clioscope.atlas.shown import shown_tree
from clioscope.errors import AtlasError, ClioscopeError
from clioscope.explorer.columns import in_words
from clioscope.explorer.tables import beside, first_records
from clioscope.explorer.texts import record_ids
from clioscope.files.csv_text import csv_text
from clioscope.files.plain import json_text

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from clioscope.atlas import Atlas

ALWAYS = ("record", "conversation", "group", "name", "path")
_JOIN, _STEP = "; ", " › "


def record_columns(atlas: Atlas) -> list[str]:
    """The columns that ``record_table`` can give, in its order. Raises AtlasError for a published atlas."""
    if atlas.published:
        raise AtlasError(f"{atlas.path}: a published atlas holds no records, only groups and their counts.")
    facets = [one["name"] for one in atlas.manifest["facets"] if one["name"] in atlas.facets.columns]
    metadata = [name for name in atlas.occurrences.columns if name.startswith("meta_")]
    cut = ["segment", "part"] if segments_of(atlas) is not None else []
    return [*ALWAYS, *cut, "date", "count", "confidence", *facets, *metadata]


def record_table(atlas: Atlas, rows: NDArray[Any], columns: Sequence[str] | None = None) -> pl.DataFrame:
    """One row per conversation (or segment of one) of the page's ``rows``, in their order.

    ``record`` is a list of the ids of its records; ``conversation`` the id that Clioscope
    gave it; ``group``, ``name`` and ``path`` are its base group and the names from the top to it (a withheld name is
    masked); ``date`` when it began (UTC); ``count`` how often it occurs; ``confidence`` its margin. The facets and the
    metadata (``meta_…``, of the first record) follow; scores with named steps are the names. ``columns`` chooses
    columns, with those of ``ALWAYS`` first.

    Raises AtlasError for a published atlas or an unknown column, IndexError for a row that is not there.
    """
    import polars as pl

    known = record_columns(atlas)
    for name in columns or ():
        if name not in known:
            raise AtlasError(f"{atlas.path}: there is no column {name!r}; there are {', '.join(known)}.")
    wanted = known if columns is None else list(dict.fromkeys((*ALWAYS, *columns)))
    if len(rows) and not 0 <= int(rows.min()) <= int(rows.max()) < len(atlas.shown_rows):
        raise IndexError("there is no such row")
    chosen = atlas.clusters[atlas.shown_rows[rows]]
    segments = segments_of(atlas)
    names = _paths(atlas)
    held = beside(chosen, atlas.conversations.select("conversation", "count", "first_at"))
    facets = beside(chosen, atlas.facets)
    series: dict[str, Callable[[], pl.Series]] = {
        "record": lambda: record_ids(atlas, chosen),
        "conversation": lambda: _whole(chosen, segments),
        "group": lambda: chosen["group"],
        "name": lambda: chosen["group"].replace_strict(
            {one: path[-1] for one, path in names.items()}, return_dtype=pl.String
        ),
        "path": lambda: chosen["group"].replace_strict(
            {one: _STEP.join(path) for one, path in names.items()}, return_dtype=pl.String
        ),
        "segment": lambda: chosen["conversation"],
        "part": lambda: _part(chosen, segments),
        "date": lambda: held["first_at"],
        "count": lambda: held["count"],
        "confidence": lambda: chosen["margin"],
    }
    for facet in atlas.manifest["facets"]:
        if facet["name"] in facets.columns:
            series[facet["name"]] = lambda facet=facet: _facet(facet, facets)  # type: ignore[misc]
    metadata = [name for name in wanted if name.startswith("meta_")]
    firsts = first_records(atlas, chosen, metadata) if metadata else chosen
    for name in metadata:
        series[name] = lambda name=name: firsts[name]  # type: ignore[misc]
    return pl.DataFrame([series[name]().alias(name) for name in wanted])


def _facet(facet: Mapping[str, Any], facets: pl.DataFrame) -> pl.Series:
    values = facets[facet["name"]]
    return in_words(facet["categories"], values) if facet["type"] == "score" and facet["categories"] else values


def _whole(chosen: pl.DataFrame, segments: pl.DataFrame | None) -> pl.Series:
    from clioscope.atlas.segments import whole_ids

    return whole_ids(chosen, segments)


def _part(chosen: pl.DataFrame, segments: pl.DataFrame | None) -> pl.Series:
    """Which part of its conversation a segment is, as 2/3."""
    import polars as pl

    assert segments is not None
    found = beside(chosen, segments.select("part", "parts", conversation="segment"))
    return found.select(pl.format("{}/{}", "part", "parts"))["literal"].alias("part")


def _paths(atlas: Atlas) -> dict[str, list[str]]:
    """The names from the top to every group, itself last; withheld ones are masked."""
    rows = {row["group"]: row for row in shown_tree(atlas).iter_rows(named=True)}
    found: dict[str, list[str]] = {}
    for group in rows:
        path: list[str] = []
        at: str | None = group
        while at is not None:
            path.insert(0, rows[at]["name"])
            at = rows[at]["parent"]
        found[group] = path
    return found


def _csv(table: pl.DataFrame) -> bytes:
    """With a mark of UTF-8 at the beginning, without which spreadsheets show Cyrillic letters as others."""
    import polars as pl

    flat = table.with_columns(pl.col("record").list.join(_JOIN))
    return b"\xef\xbb\xbf" + csv_text(flat).encode()


def _jsonl(table: pl.DataFrame) -> bytes:
    return "".join(f"{json_text(row, default=str)}\n" for row in table.iter_rows(named=True)).encode()


def _parquet(table: pl.DataFrame) -> bytes:
    held = io.BytesIO()
    table.write_parquet(held)
    return held.getvalue()


_FORMATS: dict[str, Callable[[pl.DataFrame], bytes]] = {"csv": _csv, "jsonl": _jsonl, "parquet": _parquet}


def record_file(table: pl.DataFrame, kind: str) -> bytes:
    """A table of records as a file: ``csv`` (no cell is a formula to a spreadsheet; the ids of several records have
    "; " between them), ``jsonl`` (an object per line, dates as texts) or ``parquet``.

    Raises ClioscopeError for another kind."""
    if kind not in _FORMATS:
        raise ClioscopeError(f"{kind!r} is no format of a file of records; there are {', '.join(_FORMATS)}.")
    return _FORMATS[kind](table)
