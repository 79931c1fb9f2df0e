"""Labels from a file: what each conversation is about, according to people."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from clioscope.errors import InputError
from clioscope.measure.label_studio import ID, LABEL, choice_of, exported, most_said, read_export

if TYPE_CHECKING:
    import polars as pl

    from clioscope.atlas import Atlas

_IDS = ("id", "record", "conversation")


def read_labels(path: str | Path, column: str | None = None) -> dict[str, str]:
    """Label by id, from CSV, TSV, JSONL or Parquet, or from an export of Label Studio (JSON, JSON-MIN, CSV).

    The id is the column ``id``, ``record`` or ``conversation``. The label is ``column``; by default it is ``label`` or
    the only other column. Rows without a label are left out. Raises InputError that names the file and its columns.

    >>> from pathlib import Path
    >>> _ = Path("truth.csv").write_text("id,label\\nr0,bread\\nr1,code\\n")
    >>> read_labels("truth.csv")
    {'r0': 'bread', 'r1': 'code'}
    """
    path = Path(path)
    if path.suffix == ".json":
        return read_export(path, column)
    table = _table(path)
    if exported(table.columns) and ID in table.columns:  # its column id numbers the tasks
        column = column or LABEL
        if column not in table.columns:
            raise InputError(f"{path}: there is no column {column!r}; give --label-column (it has {_listed(table)}).")
        told = table.select(ID, column).drop_nulls().iter_rows()
        return most_said(((str(id_), label) for id_, said in told if (label := choice_of(said))), path, column)
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
        raise InputError(f"{path}: give labels as {', '.join(readers)}, or as an export of Label Studio (.json).")
    try:
        return readers[path.suffix]()
    except (OSError, pl.exceptions.PolarsError) as error:
        reason = getattr(error, "strerror", None) or str(error).splitlines()[0]
        raise InputError(f"{path}: cannot be read ({reason}).") from error


def _listed(table: pl.DataFrame) -> str:
    return ", ".join(table.columns)
