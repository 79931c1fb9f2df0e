"""Whether a file is JSON, and in which layout."""

from __future__ import annotations

import codecs
import json
import re
from typing import Any

_DECODER = json.JSONDecoder()
_LOOK = 200  # lines


def json_layout(head: bytes) -> str | None:
    """``lines``, ``array`` or ``values`` for JSON; None for anything else.

    ``head`` is the beginning of the file, long enough for a few short records. An array with one element per line
    counts as ``lines``. A list of messages is one record, so a file that is one such list is no array of records.
    """
    text = codecs.getincrementaldecoder("utf-8")("surrogateescape").decode(head).removeprefix("\ufeff")
    if text.startswith("\x1e"):  # a sequence of values, each behind a record separator (RFC 7464)
        return "lines"
    start = text.lstrip()[:1]
    lines = [line for line in text.split("\n", _LOOK) if line.strip()][:_LOOK]
    if start not in ("{", "["):
        return "lines" if _mostly_json(lines[1:]) else None  # the first line may be cut off at its beginning
    if start == "{":
        # In an indented document no line but the first and last starts at the margin and parses by itself.
        at_margin = (line for line in lines if line[0] in "{[")
        return "lines" if any(_element(line) is not None for line in at_margin) else "values"
    if len(lines) > 1 and lines[1].startswith("[") and isinstance(_whole(lines[0]), list):
        return "lines"
    first = _first_element(text)
    if isinstance(first, dict) and {"role", "content"} <= first.keys():
        return "values"
    return "lines" if _element_a_line(lines) else "array"


def _element_a_line(lines: list[str]) -> bool:
    """An array whose elements have a line each, at the margin, with its brackets on them or on lines of their own."""
    inner = lines[1:] if lines[0].strip() == "[" else [lines[0].replace("[", "", 1), *lines[1:]]
    first = [line for line in inner[:20] if line.strip() != "]"]
    good = sum(line.lstrip().startswith(("{", "[")) and _element(line) is not None for line in first)
    return len(lines) > 1 and good * 2 > len(first)


def _mostly_json(lines: list[str]) -> bool:
    values = [line for line in lines[:20] if line.startswith(("{", "["))]
    return len(values) > 0 and sum(isinstance(_element(line), dict | list) for line in values) * 2 > len(lines[:20])


def _element(line: str) -> Any:
    """The value of a line, maybe with the comma or bracket of an array behind it; None where it is none."""
    text = line.strip().rstrip(",")
    value = _whole(text)
    return _whole(text.removesuffix("]").rstrip(", ")) if value is None else value


def _whole(line: str) -> Any:
    """The value of a line that is JSON by itself, else None."""
    try:
        return json.loads(line, strict=False)
    except (ValueError, RecursionError):
        return None


def _first_element(text: str) -> Any:
    """The first element of an array, where the head holds it whole, else None."""
    start = re.compile(r"[\s\ufeff]*\[\s*").match(text)
    try:
        return _DECODER.raw_decode(text, start.end() if start else 0)[0]
    except (ValueError, RecursionError):
        return None
