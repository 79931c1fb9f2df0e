"""Texts of the page's rows: one sequence of UTF-8, a line per row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clioscope.explorer.tables import beside

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from clioscope.atlas import Atlas

_LINE, _MOST_BYTES = "\n", 2**32 - 1  # ends of lines are uint32
BETWEEN = "\t"  # the ids of several records of one conversation

Arrays = dict[str, "NDArray[Any]"]


def add_texts(atlas: Atlas, rows: pl.DataFrame, arrays: Arrays, *, ends: bool) -> list[dict[str, Any]]:
    """Text facets: the texts of all rows in UTF-8, each followed by a line feed; with ``ends`` where each text ends."""
    import polars as pl

    facets = beside(rows, atlas.facets)
    headers: list[dict[str, Any]] = []
    for facet in atlas.manifest["facets"]:
        name = facet["name"]
        if facet["type"] != "text" or name not in facets.columns:
            continue
        lines = facets[name].fill_null("").cast(pl.String).str.replace_all(r"\s+", " ")
        made = _add_lines(lines, f"text{len(headers)}", arrays, ends=ends)
        if made:
            headers.append({"name": name, **made})
    return headers


def record_ids(atlas: Atlas, rows: pl.DataFrame) -> pl.Series:
    """The ids of the records that each conversation occurs in, in the order of the table ``occurrences``, as lists. A
    segment has those of its conversation."""
    import polars as pl

    records = atlas.occurrences.select("conversation", pl.col("record").cast(pl.String))
    gathered = records.group_by("conversation", maintain_order=True).agg("record")
    return beside(rows, gathered)["record"].fill_null([])


def add_records(atlas: Atlas, rows: pl.DataFrame, arrays: Arrays) -> dict[str, Any] | None:
    """The ids of the records of each row, with tabs between them, and where each line ends; None for over 4 GB."""
    ids = record_ids(atlas, rows)
    lines = ids.list.eval(_one_line()).list.join(BETWEEN)
    return _add_lines(lines, "records", arrays, ends=True)


def _one_line() -> pl.Expr:
    import polars as pl

    return pl.element().str.replace_all(r"\s", " ")


def _add_lines(lines: pl.Series, name: str, arrays: Arrays, *, ends: bool) -> dict[str, Any] | None:
    import numpy as np

    stops = (lines.str.len_bytes().to_numpy().astype(np.uint64) + 1).cumsum()
    if ends and len(stops) and stops[-1] > _MOST_BYTES:
        return None
    joined = f"{lines.str.join(_LINE).item()}{_LINE}" if len(lines) else ""
    arrays[name] = np.frombuffer(joined.encode(), np.uint8)
    if not ends:
        return {"array": name}
    arrays[f"{name}ends"] = (stops - 1).astype(np.uint32)
    return {"array": name, "ends": f"{name}ends"}
