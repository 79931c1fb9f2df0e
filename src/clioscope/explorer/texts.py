"""Texts of the page's rows: one sequence of UTF-8, a line per row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clioscope.explorer.tables import beside, page_rows

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from clioscope.atlas import Atlas

_LINE, _MOST_BYTES = "\n", 2**32 - 1  # ends of lines are uint32
BETWEEN = "\t"  # the ids of several records of one conversation
_RECORDS = "records"

Arrays = dict[str, "NDArray[Any]"]


def add_texts(atlas: Atlas, rows: pl.DataFrame, arrays: Arrays, *, ends: bool) -> list[dict[str, Any]]:
    """Text facets: the texts of all rows in UTF-8, each followed by a line feed; with ``ends`` where each text ends."""
    headers: list[dict[str, Any]] = []
    for name in _text_facets(atlas):
        made = _add_lines(_texts(atlas, rows, name), f"text{len(headers)}", arrays, ends=ends)
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
    return _add_lines(lines, _RECORDS, arrays, ends=True)


def later_texts(atlas: Atlas) -> dict[str, Any]:
    """What ``add_texts`` and ``add_records`` would put into a header as ``texts`` and ``records``, with ``ends``.

    The arrays are made by ``later_arrays``: the page of very many rows reads a few of these lines, and at first none.
    """
    facets = _later_facets(atlas)
    records = _lines_of(_RECORDS) if _fits(atlas.occurrences["record"]) else None
    return {
        "texts": [{"name": name, **_lines_of(f"text{number}")} for number, name in enumerate(facets)],
        "records": records,
    }


def later_arrays(atlas: Atlas, array: str) -> Arrays:
    """An array that ``later_texts`` names, with the one that belongs to it: lines and their ends. Raises KeyError."""
    rows = page_rows(atlas)
    arrays: Arrays = {}
    part = array.removesuffix("ends")
    facets = {f"text{number}": name for number, name in enumerate(_later_facets(atlas))}
    if part == _RECORDS:
        add_records(atlas, rows, arrays)
    else:
        _add_lines(_texts(atlas, rows, facets[part]), part, arrays, ends=True)
    return arrays


def _text_facets(atlas: Atlas) -> list[str]:
    facets = [facet["name"] for facet in atlas.manifest["facets"] if facet["type"] == "text"]
    return [name for name in facets if name in atlas.facets.columns]


def _later_facets(atlas: Atlas) -> list[str]:
    return [name for name in _text_facets(atlas) if _fits(atlas.facets[name])]


def _fits(texts: pl.Series) -> bool:
    """Whether the ends of all lines are numbers of 32 bits."""
    import polars as pl

    return int(texts.cast(pl.String).str.len_bytes().sum() or 0) + len(texts) <= _MOST_BYTES


def _texts(atlas: Atlas, rows: pl.DataFrame, name: str) -> pl.Series:
    import polars as pl

    texts = beside(rows, atlas.facets.select("conversation", name))[name]
    return texts.fill_null("").cast(pl.String).str.replace_all(r"\s+", " ")


def _one_line() -> pl.Expr:
    import polars as pl

    return pl.element().str.replace_all(r"\s", " ")


def _lines_of(name: str) -> dict[str, str]:
    return {"array": name, "ends": f"{name}ends"}


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
    return _lines_of(name)
