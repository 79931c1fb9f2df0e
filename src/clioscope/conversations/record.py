"""A decoded record of an input file."""

from __future__ import annotations

import json
from typing import Any, NamedTuple


class Record(NamedTuple):
    """A decoded record and its 1-based line (JSONL, CSV) or number (arrays, Parquet), or why it is none."""

    line: int
    value: Any
    error: str | None = None


def decode_error(error: Exception) -> str:
    """What is wrong with a piece of JSON, in plain words."""
    if isinstance(error, UnicodeDecodeError):
        return f"not valid UTF-8 (byte {error.start + 1})"
    if isinstance(error, json.JSONDecodeError):
        return f"not valid JSON ({error.msg.lower()}, column {error.colno})"
    if isinstance(error, RecursionError):
        return "nested too deeply"
    return f"not valid JSON ({error})"
