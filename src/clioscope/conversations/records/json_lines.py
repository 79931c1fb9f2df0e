"""JSON with one value per line, however untidy: commas behind, brackets around, values that run over several lines."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import IO, Any

import msgspec

from clioscope.conversations.records.record import Record, decode_error, sound_record
from clioscope.conversations.records.text_lines import LONGEST, Lines

_DECODER = json.JSONDecoder(strict=False)  # raw line breaks and tabs within texts are taken as such
_BETWEEN = re.compile(r"[\s,]*")
_BEFORE = b"\x1e, \t"  # a record separator (RFC 7464), or the comma of the line before
_FEW = 1 << 16  # lines of one value


def json_lines(stream: IO[bytes]) -> Iterator[Record]:
    """One JSON value per line; blank lines are passed over, and a comma behind and the brackets of an array around.

    Several values on a line come as several records. A value may run over several lines where the others begin
    at the margin: up to the next line that begins there.
    """
    lines = Lines(stream)
    array = _Array()
    loads = msgspec.json.decode
    for line in lines:
        number = lines.number
        try:
            value = loads(line.rstrip(b",\r\t ") if array.commas else line)
        except (ValueError, RecursionError):
            piece = array.bare(line)
            if piece:
                yield from _odd(piece, line, lines)
        else:
            array.began = True
            yield sound_record(number, value)
    if array.opened:
        reason = "the array is not closed: the file is cut off after the record before"
        yield Record(lines.number + 1, None, reason, 0)


class _Array:
    """The brackets and commas of an array with one line per element."""

    def __init__(self) -> None:
        self.began = False  # there was a record
        self.opened = False  # a bracket stands open
        self.commas = False

    def bare(self, line: bytes) -> bytes:
        """The line without a comma behind it, and without a bracket that belongs to the whole file."""
        text = line.strip().lstrip(_BEFORE)
        comma = text.endswith(b",")
        self.commas = self.commas or comma
        text = text.rstrip(b", \t")
        # Without a comma behind it may be a list of messages that is cut off.
        if not self.began and text.startswith(b"[") and (text == b"[" or (comma and not _is_whole(text))):
            self.opened = True
            text = text[1:].lstrip()
        if self.opened and text.endswith((b"]", b"];")) and (text[:1] == b"]" or not _is_whole(text)):
            inner = text.rstrip(b";")[:-1].rstrip(b", \t")
            if not inner or _is_whole(inner):
                self.opened, text = False, inner
        elif text in (b"]", b"["):
            text = b""
        self.began = self.began or bool(text)
        return text


def loads_any(text: bytes) -> Any:
    """The value of a whole piece of JSON: NaN, infinities, lone surrogates and long integers as they stand.

    Raises ValueError (UnicodeDecodeError for bad bytes) or RecursionError.
    """
    try:
        return msgspec.json.decode(text)
    except ValueError:
        return _DECODER.decode(text.decode("utf-8"))


def _odd(text: bytes, line: bytes, lines: Lines) -> Iterator[Record]:
    """The records of a line that is no JSON by itself."""
    number = lines.number
    if len(line) >= LONGEST:
        yield Record(number, None, "the line is longer than 256 million bytes")
        return
    try:
        yield Record(number, loads_any(text))
        return
    except (ValueError, RecursionError) as error:
        reason = decode_error(error)
        if isinstance(error, UnicodeDecodeError):
            yield Record(number, None, reason)
            return
    values, is_all = _several(text.decode("utf-8"))
    if not values and line[:1] in (b"{", b"[") and (joined := _joined(line, lines)) is not None:
        yield Record(number, joined[0])
        return
    yield from (Record(number, value, None, int(place == 0)) for place, value in enumerate(values))
    if not is_all:
        yield Record(number, None, reason, 0 if values else 1)


def _several(text: str) -> tuple[list[Any], bool]:
    """The values that follow each other on a line, and whether they are all of it.

    None where the rest of the line does not begin as a value: it is one value that is damaged then.
    """
    values: list[Any] = []
    place = 0
    try:
        while place < len(text):
            value, place = _DECODER.raw_decode(text, place)
            if not isinstance(value, dict | list):
                return [], False
            values.append(value)
            between = _BETWEEN.match(text, place)
            place = between.end() if between else place
    except (ValueError, RecursionError):
        return (values if text[place] in "{[" and all(values) else []), False
    return values, True


def _joined(first: bytes, lines: Lines) -> tuple[Any] | None:
    """The value that runs over this line and the following; the lines that are of it are taken from ``lines``."""
    if not first.startswith((b"{", b"[")):
        return None
    parts = [first]
    taken: list[bytes] = []
    size = len(first)
    for line in lines:
        if line.startswith((b"{", b"[")) or len(taken) >= _FEW or size > LONGEST:
            lines.take_back([line])
            break
        taken.append(line)
        parts.append(line)
        size += len(line)
        text = line.rstrip(b", \t\r")
        if text.endswith((b"}", b"]")) and not line[:1].isspace():
            try:
                return (loads_any(b"\n".join(parts).rstrip(b", \t\r")),)
            except (ValueError, RecursionError):
                continue
    lines.take_back(taken)
    return None


def _is_whole(text: bytes) -> bool:
    try:
        loads_any(text)
    except (ValueError, RecursionError):
        return False
    return True
