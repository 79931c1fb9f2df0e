"""A file as a stream of decoded records, whatever its layout: JSONL, JSON array, CSV, Parquet."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any

from clioscope.conversations.files import InputFile, Meter, magic, open_bytes
from clioscope.conversations.record import Record
from clioscope.errors import InputError

HEAD = 1 << 20  # bytes looked at to tell the layout


def read_records(
    file: InputFile,
    *,
    limit: int | None = None,
    ignore: tuple[str, ...] = (),
    meter: Meter | None = None,
    encoding: str | None = None,
    on_note: Any = None,
) -> Iterator[Record]:
    """Stream the records of a file, in order; at most ``limit``.

    A damaged record comes as a Record with ``error``; so does the place where the file breaks off, as the
    last one. ``ignore`` names Parquet columns that are not read. Memory is bounded by the largest record (for
    Parquet: by the largest row group). Raises InputError where the file as a whole cannot be read.
    """
    line = 0
    try:
        for record in _records(file, limit, ignore, meter):
            line = record.line
            yield record
            if limit is not None:
                limit -= 1
                if limit <= 0:
                    return
    except InputError:
        raise
    except (OSError, EOFError, zlib.error) as error:  # a damaged gzip is an OSError
        yield Record(line + 1, None, f"the file cannot be read any further ({_why(error)})")
    except Exception as error:
        if type(error).__name__ not in ("ZstdError", "BadZipFile"):
            raise
        yield Record(line + 1, None, f"the file cannot be read any further ({_why(error)})")


def _records(file: InputFile, limit: int | None, ignore: tuple[str, ...], meter: Meter | None) -> Iterator[Record]:
    from clioscope.conversations import json_records, table_records

    if magic(file) == "parquet":
        yield from table_records.parquet_records(file, limit, ignore, meter)
        return
    head = _head(file)
    layout = json_records.json_layout(head)
    delimiter = None if layout else table_records.csv_delimiter(head, file.name)
    with open_bytes(file, meter) as stream:
        if layout == "lines":
            yield from json_records.json_lines(stream)
        elif layout is not None:
            yield from json_records.json_values(stream, array=layout == "array")
        elif delimiter is not None:
            yield from table_records.csv_records(stream, delimiter)


def _head(file: InputFile) -> bytes:
    """The beginning of the file. If it breaks off early, what there is: the reading proper will say so."""
    head = b""
    stream: Any  # every one of them has read1, which gives what there is before a damage
    with open_bytes(file) as stream:
        try:
            while len(head) < HEAD and (piece := stream.read1(1 << 13)):
                head += piece
        except Exception:
            if not head:
                raise
    return head


def _why(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error or type(error).__name__)
