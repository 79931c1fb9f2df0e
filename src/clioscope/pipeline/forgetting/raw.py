"""Removing the raw text of an atlas, or what of it has expired."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from clioscope.atlas.files import write_table
from clioscope.models.store import Store
from clioscope.pipeline.folder import ANSWERS
from clioscope.pipeline.updating.rows import read

# Files that hold text of single conversations, or what was said about single ones.
FILES = ("transcripts.parquet", "rejected.jsonl", "judgements.parquet")
ARRAYS = ("own.npy", "own_keys.npy")  # vectors of single answers, and hashes of them
TABLES = ("facets", "answers", "second")  # their free texts go, and what is counted stays


def expired(manifest: dict[str, Any], now: datetime | None = None) -> bool:
    """Whether the date has passed until which the atlas may keep its raw text."""
    until = manifest.get("raw_until")
    return until is not None and datetime.fromisoformat(until) <= (now or datetime.now(UTC))


def drop_raw(folder: Path, facets: list[dict[str, Any]]) -> None:
    """Remove raw texts, answers of the model, and facets that are free text from the atlas in ``folder``.

    Groups, names, counts, closed facets, vectors, ids of records, texts that many conversations share and the analyst's
    edits stay.
    """
    import polars as pl

    for name in (*FILES, *ARRAYS):
        (folder / name).unlink(missing_ok=True)
    if (folder / ANSWERS).exists():
        with Store(folder / ANSWERS) as store:
            store.keep_answers(())
    if (folder / "ledger.parquet").exists():  # reasons may quote an answer
        write_table(folder / "ledger.parquet", read(folder, "ledger").clear())
    texts = [facet["name"] for facet in facets if facet["type"] == "text"]
    for name in TABLES:
        path = folder / f"{name}.parquet"
        if path.exists():
            table = read(folder, name)
            there = [one for one in texts if one in table.columns]
            write_table(path, table.with_columns(pl.lit(None, dtype=table.schema[one]).alias(one) for one in there))
