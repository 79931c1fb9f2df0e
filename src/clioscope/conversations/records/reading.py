"""A file as a stream of decoded records, whatever its layout: JSONL, JSON array, CSV, Parquet, a sheet."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator
from itertools import islice
from typing import IO

from clioscope.conversations.records.encodings import check_encoding, shown
from clioscope.conversations.records.input_file import InputFile, Meter
from clioscope.conversations.records.no_text import refuse_binary
from clioscope.conversations.records.opening import beginning, head_of, magic, open_bytes
from clioscope.conversations.records.record import Record
from clioscope.errors import InputError

HEAD = 1 << 20  # bytes looked at to tell the layout
Note = Callable[[str], None]


def read_records(
    file: InputFile,
    *,
    limit: int | None = None,
    ignore: tuple[str, ...] = (),
    meter: Meter | None = None,
    encoding: str | None = None,
    on_note: Note | None = None,
) -> Iterator[Record]:
    """Stream the records of a file, in order; at most ``limit``.

    A damaged record comes as a Record with ``error``. So does, as the last one, the place where the file breaks off.
    ``ignore`` names Parquet columns that are not read. ``encoding`` is that of the text, any that Python knows; without
    it the bytes tell. ``on_note`` gets sentences about the whole file, each once: which encoding was recognised, which
    columns share a name. Memory is bounded by the largest record, for Parquet by the largest row group.

    Raises InputError where the file as a whole cannot be read, SettingsError for an unknown encoding.
    """
    wanted = None if encoding is None else check_encoding(encoding)
    told: list[str] = [] if wanted is None else [wanted]
    record = Record(0, None)
    try:
        for record in islice(_records(file, limit, ignore, meter, wanted, told, _once(on_note)), limit):
            if record.error is not None and told and told[0] != "utf-8" and "not valid UTF-8" in record.error:
                record = _renamed(record, record.error, shown(told[0]))
            yield record
    except InputError:
        raise
    except (OSError, EOFError, zlib.error) as error:  # a damaged gzip is an OSError
        yield Record(record.line + 1, None, f"the file cannot be read any further ({_why(error)})")
    except Exception as error:
        if type(error).__name__ not in ("ZstdError", "BadZipFile", "LZMAError"):
            raise
        yield Record(record.line + 1, None, f"the file cannot be read any further ({_why(error)})")


def _records(
    file: InputFile,
    limit: int | None,
    ignore: tuple[str, ...],
    meter: Meter | None,
    encoding: str | None,
    told: list[str],
    note: Note,
) -> Iterator[Record]:
    if file.sheet is not None:
        from clioscope.conversations.records.excel_records import sheet_records

        yield from sheet_records(file)
        return
    if magic(file) == "parquet":
        from clioscope.conversations.records.parquet_records import parquet_records

        yield from parquet_records(file, limit, ignore, meter)
        return
    if encoding is None:
        refuse_binary(head_of(file, 1 << 16), file.name)

    def hear(name: str, sentence: str) -> None:
        told[:] = [name]
        if sentence:
            note(sentence)

    with open_bytes(file, None, encoding, hear) as stream:
        head = beginning(stream, HEAD)
    with open_bytes(file, meter, encoding, hear) as stream:
        yield from _in_text(stream, head, file.name, note)


def _in_text(stream: IO[bytes], head: bytes, name: str, note: Note) -> Iterator[Record]:
    from clioscope.conversations.records import csv_records, json_array
    from clioscope.conversations.records import json_lines as json_records
    from clioscope.conversations.records.json_layout import json_layout

    layout = json_layout(head)
    if layout == "lines":
        yield from json_records.json_lines(stream)
    elif layout is not None:
        yield from json_array.json_values(stream, array=layout == "array")
    elif not head.strip():
        raise InputError(f"{name}: the file is empty.")
    else:
        yield from csv_records.csv_records(stream, head, note)


def _renamed(record: Record, error: str, encoding: str) -> Record:
    """The record with the file's encoding in its error, in place of UTF-8, which is used inside only."""
    return record._replace(error=re.sub(r"UTF-8 \(byte \d+\)", encoding, error))


def _once(on_note: Note | None) -> Note:
    """A note that passes each sentence on once."""
    said: set[str] = set()

    def note(sentence: str) -> None:
        if sentence not in said:
            said.add(sentence)
            if on_note is not None:
                on_note(sentence)

    return note


def _why(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error or type(error).__name__)
