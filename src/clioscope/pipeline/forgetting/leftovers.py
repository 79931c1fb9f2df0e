"""What else may hold a trace: the file of edits, what was rejected, the ledger, lineage, the manifest, old pages."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

from clioscope.atlas.files import write_table
from clioscope.atlas.views import FILE, read_views, write_views
from clioscope.edits.draft import SHORT
from clioscope.edits.log import read_log
from clioscope.edits.operation import Operation
from clioscope.files.replacing import replacing

if TYPE_CHECKING:
    import polars as pl

    from clioscope.files.search import Searcher
    from clioscope.naming.candidates import Label

GONE = "(forgotten)"
_LISTS = ("conversations", "anchors", "sketch")  # of ids, in operations
# What judges were shown and said: they are asked again. And the ready-made names that fitted groups as they were.
_NEVER = ("judgements.parquet", "ready_names.parquet")


def clean_edits(folder: Path, gone: Collection[str], leaning: Collection[str], searcher: Searcher) -> int:
    """Take what is gone out of the file of edits; how many operations had to go as a whole.

    An operation goes if its own words hold what is searched for, or if it moved nothing but what is gone. Names that
    were recorded for groups in ``leaning`` go too, and the next replay makes them anew.
    """
    path = folder / "edits.jsonl"
    if not path.exists():
        return 0
    ids = {*gone, *(one[:SHORT] for one in gone)}
    kept: list[Operation] = []
    operations = read_log(folder).operations
    for one in operations:
        details = _without(dict(one.details), ids)
        if one.details.get("conversations") and not details["conversations"]:
            continue
        if "labels" in details:
            details["labels"] = {
                group: label
                for group, label in details["labels"].items()
                if group not in leaning and not searcher.in_text(json.dumps(label, ensure_ascii=False))
            }
        for name in ("verdicts", "called"):
            if name in details:
                details[name] = [
                    text for text in details[name] if not searcher.in_text(json.dumps(text, ensure_ascii=False))
                ]
        cleaned = one._replace(details=details)
        if not searcher.in_text(cleaned.line()):
            kept.append(cleaned)
    with replacing(path) as part:
        part.write_text("".join(one.line() for one in kept), encoding="utf-8")
    return len(operations) - len(kept)


def clean_views(folder: Path, searcher: Searcher) -> None:
    """Leave out the saved views that hold what is searched for, in their words or in their addresses."""
    if (folder / FILE).exists():
        words = {view: (*view, unquote_plus(view.address)) for view in read_views(folder)}
        write_views(folder, [view for view, texts in words.items() if not any(map(searcher.in_text, texts))])


def _without(value: Any, ids: Collection[str]) -> Any:
    """A value without the ids in its lists of ids."""
    if isinstance(value, Mapping):
        return {
            name: _strip(one, ids) if name in _LISTS else one if not isinstance(one, Mapping) else _without(one, ids)
            for name, one in value.items()
        }
    return value


def _strip(value: Any, ids: Collection[str]) -> Any:
    if isinstance(value, list):
        return [_strip(one, ids) for one in value if not (isinstance(one, str) and one in ids)]
    return value


def clean_lines(folder: Path, searcher: Searcher) -> None:
    """Leave out the rows of ``rejected.jsonl`` that hold what is searched for."""
    path = folder / "rejected.jsonl"
    if not path.exists():
        return
    rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [row for row in rows if not searcher.in_text(row) and not searcher.in_text(_values(row))]
    with replacing(path) as part:
        part.write_text("".join(kept), encoding="utf-8")


def _values(row: str) -> str:
    try:
        return " ".join(map(str, json.loads(row).values()))
    except (ValueError, AttributeError):
        return row


def clean_tables(
    folder: Path, gone: Collection[str], renamed: Mapping[str, Label], lost: Collection[str], searcher: Searcher
) -> None:
    """Write ledger and lineage without what is gone: rows about it, names that are no more, and every cell that holds
    what is searched for. What judges were shown is removed, and the ready-made names that fitted the groups."""
    import polars as pl

    for name in _NEVER:
        (folder / name).unlink(missing_ok=True)
    for name in ("ledger", "lineage", "earlier_tree"):
        path = folder / f"{name}.parquet"
        if not path.exists():
            continue
        table = pl.read_parquet(path, glob=False)
        table = table.filter(~pl.col("item").is_in(list(gone))) if name == "ledger" else _renamed(table, renamed, lost)
        for column, kind in table.schema.items():
            if kind == pl.String and column not in ("group", "parent"):
                table = _emptied(table, column, searcher)
        write_table(path, table)
    _clean_counted_names(folder, searcher)


def _clean_counted_names(folder: Path, searcher: Searcher) -> None:
    """Write the counted names of groups that are there and still have them; others are not published until counted."""
    import polars as pl

    from clioscope.privacy.public_names import TABLE

    path = folder / f"{TABLE}.parquet"
    if not path.exists():
        return
    tree = pl.read_parquet(folder / "tree.parquet", glob=False).select("group", "name", "description")
    table = pl.read_parquet(path, glob=False).join(tree, on=["group", "name", "description"], how="semi")
    for column in ("spare_name", "spare_description"):
        table = _emptied(table, column, searcher)
    write_table(path, table)


def _renamed(table: pl.DataFrame, renamed: Mapping[str, Label], lost: Collection[str]) -> pl.DataFrame:
    """A table of groups with their new names, and without the names that are no more."""
    import polars as pl

    names = {group: label.name for group, label in renamed.items()}
    old = sorted(lost)
    return table.with_columns(
        name=pl.when(pl.col("group").is_in(list(names)))
        .then(pl.col("group").replace_strict(names, default=None, return_dtype=pl.String))
        .when(~pl.col("name").is_in(old))
        .then("name"),
        names_before=pl.col("names_before").list.eval(pl.element().filter(~pl.element().is_in(old))),
    )


def _emptied(table: pl.DataFrame, column: str, searcher: Searcher) -> pl.DataFrame:
    """The table with null in place of the texts of a column that hold what is searched for."""
    import polars as pl

    bad = [text for text in table[column].unique().drop_nulls() if searcher.in_text(text)]
    return table.with_columns(pl.when(~pl.col(column).is_in(bad)).then(column).alias(column)) if bad else table


def clean_value(value: Any, searcher: Searcher) -> Any:
    """A value of JSON with a mark in place of each text that holds what is searched for."""
    if isinstance(value, str):
        return GONE if searcher.in_text(value) else value
    if isinstance(value, dict):
        return {name: clean_value(one, searcher) for name, one in value.items()}
    return [clean_value(one, searcher) for one in value] if isinstance(value, list) else value


def drop_pages(folder: Path) -> None:
    """Remove pages that were exported into the folder of the atlas: they show it as it was."""
    for path in folder.glob("*.html"):
        path.unlink()
