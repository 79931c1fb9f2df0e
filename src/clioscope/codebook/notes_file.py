"""An analyst's notes on conversations, from a CSV or JSON Lines file."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from clioscope.codebook.read import LONGEST_CELL
from clioscope.errors import InputError

_IDS = ("conversation", "id", "conversation_id")
_FEWEST = 4


class Note(NamedTuple):
    """One ``note``; ``conversation``: its id, or the number of the note where it has none; ``text``: what the
    conversation says, empty where the file does not have it."""

    conversation: str
    note: str
    text: str


def read_notes(path: str | Path) -> list[Note]:
    """The notes of a file with a column ``note``, and ``conversation`` (or ``id``) or ``text`` or both.

    Rows without a note are left out. Raises InputError that names the file and the line.
    """
    path = Path(path)
    if path.suffix.lower() not in (".csv", ".jsonl"):
        raise InputError(f"{path}: give a file that ends in .csv or .jsonl, with a column 'note'.")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: is not UTF-8 (byte {error.start + 1}); save it as UTF-8.") from error
    rows = _table(text, path) if path.suffix.lower() == ".csv" else _lines(text, path)
    notes = []
    for number, row in rows:
        note = " ".join(str(row.get("note") or "").split())
        if note:
            name = next((str(row[key]) for key in _IDS if row.get(key)), str(number))
            notes.append(Note(name, note, str(row.get("text") or "").strip()))
    if len(notes) < _FEWEST:
        raise InputError(f"{path}: has {len(notes)} notes; a codebook needs {_FEWEST} at least.")
    return notes


def _table(text: str, path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    head = text.partition("\n")[0]
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=";" if head.count(";") > head.count(",") else ",")
    reader.fieldnames = [(name or "").strip().casefold() for name in reader.fieldnames or ()]
    if "note" not in reader.fieldnames:
        raise InputError(f"{path}: line 1 names no column 'note'.")
    try:
        for row in reader:
            yield reader.line_num, row
    except csv.Error as error:
        raise InputError(f"{path}: line {reader.line_num + 1} cannot be read ({error}).") from error


def _lines(text: str, path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise InputError(f"{path}: line {number} is not valid JSON ({error}).") from error
        if not isinstance(row, dict):
            raise InputError(f"{path}: line {number} is no object with a field 'note'.")
        yield number, row
