"""A decoded record of an input file."""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

ESCAPED = re.compile("[\udc80-\udcff]")  # bytes that were no characters


class Record(NamedTuple):
    """A decoded record and its 1-based line (JSONL, CSV) or number (arrays, Parquet), or the reason why it cannot be
    read.

    ``lines``: how many lines (elements of arrays, rows of Parquet) it takes. Without a record, how many are lost; 0
    where the reason only says how the file ends.
    """

    line: int
    value: Any
    error: str | None = None
    lines: int = 1


def sound_record(line: int, value: Any, lines: int = 1, new: Any = tuple.__new__) -> Record:
    """As ``Record(line, value, None, lines)``, in a third of the time."""
    return new(Record, (line, value, None, lines))  # type: ignore[no-any-return]


def decode_error(error: Exception) -> str:
    """What is wrong with a piece of JSON, in plain words."""
    if isinstance(error, UnicodeDecodeError):
        return f"not valid UTF-8 (byte {error.start + 1})"
    if isinstance(error, json.JSONDecodeError):
        return f"not valid JSON ({error.msg.lower()}, column {error.colno})"
    if isinstance(error, RecursionError):
        return "nested too deeply"
    return f"not valid JSON ({error})"


def bad_bytes(text: str) -> str | None:
    """The reason to reject a text that was decoded with its bad bytes escaped; None where it has none."""
    match = ESCAPED.search(text)
    if match is None:
        return None
    return f"not valid UTF-8 (byte {len(text[: match.start()].encode('utf-8', 'surrogateescape')) + 1})"


def unread(rest: int, total: int) -> str:
    """How much of a file was not read, in bytes of its text."""
    share = 100 * rest / max(1, total)
    return f"the rest of the file was not read: {rest:,} bytes, {share:.3g} % of it"
