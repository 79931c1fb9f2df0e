"""Labels from a file: what each conversation is about, according to people."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from clioscope.errors import InputError

if TYPE_CHECKING:
    import polars as pl

    from clioscope.atlas import Atlas

_IDS = ("id", "record", "conversation")


def read_labels(path: str | Path, column: str | None = None) -> dict[str, str]:
    """Label by id, from CSV, TSV, JSONL or Parquet.

    The id is the column ``id``, ``record`` or ``conversation``. The label is ``column``; by default it is ``label`` or
    the only other column. Rows without a label are left out. Raises InputError that names the file and its columns.
    """
    path = Path(path)
    table = _table(path)
    key = next((name for name in _IDS if name in table.columns), None)
    if key is None:
        raise InputError(f"{path}: has no column {', '.join(_IDS[:-1])} or {_IDS[-1]} (it has {_listed(table)}).")
    others = [name for name in table.columns if name != key]
    if column is None:
        column = "label" if "label" in others else others[0] if len(others) == 1 else None
    if column is None or column not in table.columns:
        what = "which column holds the labels?" if column is None else f"there is no column {column!r};"
        raise InputError(f"{path}: {what} Give --label-column one of: {', '.join(others) or 'none'}.")
    rows = table.select(key, column).drop_nulls()
    labels = {str(id_): str(label) for id_, label in rows.iter_rows() if str(label) != ""}
    if not labels:
        raise InputError(f"{path}: column {column!r} holds no labels; give --label-column.")
    return labels


def label_rows(atlas: Atlas, labels: Mapping[str, str]) -> list[str | None]:
    """The label of each conversation of the atlas, by its id or the id of a record; None without a label.

    Raises InputError when no conversation has a label.
    """
    import polars as pl

    known: dict[str, str] = {}
    for conversation, record in atlas.occurrences.select("conversation", pl.col("record").cast(pl.String)).iter_rows():
        label = labels.get(record)
        if label is not None:
            known.setdefault(conversation, label)
    given = [labels.get(conversation, known.get(conversation)) for conversation in atlas.facets["conversation"]]
    if not any(label is not None for label in given):
        example = atlas.occurrences["record"].drop_nulls().head(1).to_list()
        raise InputError(
            f"None of the {len(labels):,} labelled ids is in {atlas.path}; its records have ids such as "
            f"{example[0] if example else atlas.facets['conversation'][0]!r}."
        )
    return given


def _table(path: Path) -> pl.DataFrame:
    import polars as pl

    readers = {
        ".csv": lambda: pl.read_csv(path, infer_schema=False),
        ".tsv": lambda: pl.read_csv(path, separator="\t", infer_schema=False),
        ".jsonl": lambda: pl.read_ndjson(path),
        ".parquet": lambda: pl.read_parquet(path, glob=False),
    }
    if path.suffix not in readers:
        raise InputError(f"{path}: give labels as {', '.join(readers)}.")
    try:
        return readers[path.suffix]()
    except (OSError, pl.exceptions.PolarsError) as error:
        reason = getattr(error, "strerror", None) or str(error).splitlines()[0]
        raise InputError(f"{path}: cannot be read ({reason}).") from error


def _listed(table: pl.DataFrame) -> str:
    return ", ".join(table.columns)
