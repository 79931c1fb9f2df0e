"""Tables as records: CSV and TSV by the standard library, Parquet by polars' streaming engine."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from typing import IO, Any

from clioscope.conversations.files import InputFile, Meter
from clioscope.conversations.record import Record
from clioscope.errors import InputError

LONGEST_CELL = 1 << 25  # characters; a quote that is never closed would swallow the whole file
BATCH = 500  # Parquet rows at once


def csv_delimiter(head: bytes, name: str) -> str:
    """The delimiter of a text table. Raises InputError for empty, binary and non-UTF-8 files."""
    if not head.strip(b" \t\r\n\xef\xbb\xbf"):
        raise InputError(f"{name}: the file is empty.")
    controls = sum(head.count(byte) for byte in (b"\x00", b"\x01", b"\x02", b"\x03", b"\x04", b"\x05", b"\x06"))
    try:
        text = codecs.getincrementaldecoder("utf-8-sig")("strict").decode(head)
    except UnicodeDecodeError as error:
        if controls or _binary(head):
            raise InputError(f"{name}: this is a binary file, not JSON, CSV or Parquet.") from error
        raise InputError(
            f"{name}: the text is not UTF-8 (byte {error.start + 1}); convert it first, "
            f"for example with iconv -f WINDOWS-1252 -t UTF-8."
        ) from error
    if controls:
        raise InputError(f"{name}: this is a binary file, not JSON, CSV or Parquet.")
    header = next((line for line in text.splitlines() if line.strip()), "")
    counts = {mark: _outside_quotes(header).count(mark) for mark in "\t,;|"}
    return max(counts, key=lambda mark: counts[mark]) if any(counts.values()) else ","


def csv_records(stream: IO[bytes], delimiter: str) -> Iterator[Record]:
    """Rows as dicts by the header; line numbers are those of the row's first line."""
    csv.field_size_limit(LONGEST_CELL)
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", errors="replace", newline="")
    rows = csv.reader(text, delimiter=delimiter)
    header: list[str] | None = None
    line = 1
    try:
        for row in rows:
            start, line = line, rows.line_num + 1
            if not any(cell.strip() for cell in row):
                continue
            if header is None:
                header = [cell.strip() for cell in row]
            elif len(row) > len(header):
                yield Record(start, None, f"the row has {len(row)} cells, the header {len(header)}")
            else:
                yield Record(start, dict(zip(header, row, strict=False)))
    except csv.Error as error:
        yield Record(line, None, f"not valid CSV ({error}); the rest of the file was not read")
    finally:
        text.detach()


def parquet_records(
    file: InputFile, limit: int | None, ignore: tuple[str, ...], meter: Meter | None
) -> Iterator[Record]:
    """Rows as dicts (nested columns as lists and dicts), without the columns named in ``ignore``.

    Raises InputError for a file that is no whole Parquet file.
    """
    import polars as pl

    try:
        scan = pl.scan_parquet(file.path, glob=False)
        columns = scan.collect_schema().names()
        rows = scan.select(pl.len()).collect().item()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise InputError(f"{file.name}: not a whole Parquet file (it may be cut off); fetch it again.") from error
    wanted = scan.select([name for name in columns if name not in ignore])
    size = file.path.stat().st_size
    number = 0
    if meter is not None:
        meter.position = lambda: size * number // max(1, rows)
    try:
        for batch in _batches(wanted, limit):
            for row in batch.iter_rows(named=True):
                number += 1
                yield Record(number, row)
    except pl.exceptions.PolarsError as error:
        yield Record(number + 1, None, f"the file cannot be read any further ({str(error).splitlines()[0][:100]})")


def _batches(scan: Any, limit: int | None) -> Iterator[Any]:
    """Frames of some hundred rows; a limit is taken in one piece, since batches would run to the end."""
    if limit is not None:
        yield scan.head(limit).collect()
    else:
        yield from scan.collect_batches(chunk_size=BATCH, maintain_order=True, lazy=True)


def _binary(head: bytes) -> bool:
    """More than a tenth of the bytes are control characters that no text holds."""
    odd = sum(byte < 32 and byte not in b"\t\n\r\x0b\x0c\x1b" for byte in head[:4096])
    return odd > len(head[:4096]) // 10


def _outside_quotes(line: str) -> str:
    """The line without what stands between double quotes."""
    return "".join(line.split('"')[::2])
