"""Parquet as records, by polars' streaming engine."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from clioscope.conversations.records.input_file import InputFile, Meter
from clioscope.conversations.records.opening import on_disk
from clioscope.conversations.records.record import Record
from clioscope.errors import InputError

BATCH = 500  # rows at once


def parquet_records(
    file: InputFile, limit: int | None, ignore: tuple[str, ...], meter: Meter | None
) -> Iterator[Record]:
    """Rows as dicts (nested columns as lists and dicts), without the columns named in ``ignore``.

    Raises InputError for a file that is no whole Parquet file.
    """
    import polars as pl

    with on_disk(file) as path:
        try:
            scan = pl.scan_parquet(path, glob=False)
            columns = scan.collect_schema().names()
            rows = scan.select(pl.len()).collect().item()
        except (pl.exceptions.PolarsError, OSError) as error:
            raise InputError(
                f"{file.name}: the Parquet file is not whole (it may be cut off); fetch it again."
            ) from error
        wanted = scan.select([name for name in columns if name not in ignore])
        size = path.stat().st_size if file.path == path else 0
        number = 0
        if meter is not None:
            meter.position = lambda: size * number // max(1, rows)
        try:
            for batch in _batches(wanted, limit):
                for row in batch.iter_rows(named=True):
                    number += 1
                    yield Record(number, row)
        except pl.exceptions.PolarsError as error:
            reason = str(error).splitlines()[0][:100]
            lost = f"; {rows - number:,} of its {rows:,} rows were not read"
            yield Record(
                number + 1, None, f"the file cannot be read any further ({reason}){lost}", max(1, rows - number)
            )


def _batches(scan: Any, limit: int | None) -> Iterator[Any]:
    """Frames of some hundred rows; a limit is taken in one piece, since batches would run to the end."""
    if limit is not None:
        yield scan.head(limit).collect()
    else:
        yield from scan.collect_batches(chunk_size=BATCH, maintain_order=True, lazy=True)
