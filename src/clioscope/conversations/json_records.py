"""JSON in its three layouts: a value a line, one big array, values one after the other.

Arrays are decoded an element at a time with the standard library's decoder over a sliding buffer. A parser of
events (ijson) was tried: 1.6 times slower on 125 MB of ShareGPT, loses lone surrogates, refuses NaN.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import IO, Any

from clioscope.conversations.record import Record, decode_error

CHUNK = 1 << 18
LARGEST = 1 << 28  # characters of one record; what is longer is no record but a broken file
_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()
_CUT_OFF = "the file is cut off within this record (all before it was read)"


def json_layout(head: bytes) -> str | None:
    """``lines``, ``array`` or ``values`` for JSON; None for anything else.

    ``head`` is the beginning of the file, long enough for a few records where records are short. A list of
    messages is one record, so a file that is one such list is no array of records.
    """
    text = codecs.getincrementaldecoder("utf-8")("replace").decode(head).removeprefix("\ufeff")
    if not text.lstrip().startswith(("{", "[")):
        return None
    lines = [line for line in text.split("\n") if line.strip()]
    if text.lstrip()[0] == "{":
        # In an indented document no line but the first and last starts at the margin and parses by itself.
        at_margin = (line for line in lines[:200] if line[0] in "{[")
        return "lines" if any(_whole(line) is not None for line in at_margin) else "values"
    first = _first_element(text)
    several = len(lines) > 1 and lines[1].startswith("[") and _whole(lines[0]) is not None
    if several:
        return "lines"
    if isinstance(first, dict) and {"role", "content"} <= first.keys():
        return "values"
    return "array"


def json_lines(stream: IO[bytes]) -> Iterator[Record]:
    """One JSON value a line; blank lines are passed over."""
    for number, raw in enumerate(stream, 1):
        line = raw.removeprefix(codecs.BOM_UTF8) if number == 1 else raw
        if not line.strip():
            continue
        try:
            yield Record(number, json.loads(line.strip().decode("utf-8")))
        except (ValueError, RecursionError) as error:
            yield Record(number, None, decode_error(error))


def json_values(stream: IO[bytes], *, array: bool) -> Iterator[Record]:
    """The elements of one array, or values that follow each other; damage ends the reading, with a reason."""
    window = _Window(stream)
    window.skip_space()
    if array:
        window.take("[")
    number = 0
    while True:
        window.skip_space()
        if array and window.take("]"):
            window.skip_space()
            if not window.at_end():
                yield Record(number + 1, None, "text after the end of the array was not read")
            return
        if window.at_end():
            if array:
                yield Record(number + 1, None, "the array is not closed: the file is cut off after the record before")
            return
        if array and number and not window.take(","):
            yield Record(number + 1, None, "not valid JSON (no comma between records); the rest was not read")
            return
        window.skip_space()
        number += 1
        try:
            yield Record(number, window.next_value())
        except EOFError:
            yield Record(number, None, _CUT_OFF)
            return
        except (ValueError, RecursionError) as error:
            yield Record(number, None, f"{decode_error(error)}; the rest of the file was not read")
            return


class _Window:
    """The part of a text stream that is being decoded: read on when a value runs over its end."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream
        self.damage: Exception | None = None
        self.decoder = codecs.getincrementaldecoder("utf-8-sig")("replace")
        self.text = ""
        self.place = 0
        self.ended = False

    def more(self, size: int = CHUNK) -> bool:
        """Drop what is done and read on; False at the end of the stream."""
        if self.ended:
            return False
        data = self._read(size)
        self.ended = not data
        self.text = self.text[self.place :] + self.decoder.decode(data, final=self.ended)
        self.place = 0
        return not self.ended

    def _read(self, size: int) -> bytes:
        """The next bytes. What stands before a damage is given first, the damage raised at the call after."""
        if self.damage is not None:
            raise self.damage
        data = b""
        while len(data) < size:
            try:
                piece = self.stream.read1(size - len(data))
            except Exception as error:
                if not data:
                    raise
                self.damage = error
                break
            if not piece:
                break
            data += piece
        return data

    def at_end(self) -> bool:
        return self.place >= len(self.text) and not self.more() and self.place >= len(self.text)

    def skip_space(self) -> None:
        while True:
            match = _SPACE.match(self.text, self.place)
            self.place = match.end() if match else self.place
            if self.place < len(self.text) or not self.more():
                return

    def take(self, character: str) -> bool:
        found = self.text.startswith(character, self.place)
        self.place += found
        return found

    def next_value(self) -> Any:
        """Decode the value that starts here. Raises EOFError where the stream ends within it."""
        size = CHUNK
        while True:
            try:
                value, end = _DECODER.raw_decode(self.text, self.place)
            except json.JSONDecodeError as error:
                if not _runs_over(error, self.text, self.ended):
                    raise json.JSONDecodeError(error.msg, self.text[self.place :], error.pos - self.place) from None
                if len(self.text) - self.place > LARGEST:
                    raise ValueError("a record longer than 256 million characters") from None
                if not self.more(size):
                    raise EOFError from None
                size *= 2  # so that a long record is not decoded again for every chunk
                continue
            # A bare number at the edge may go on in the next chunk.
            if end == len(self.text) and not isinstance(value, dict | list | str) and self.more():
                continue
            self.place = end
            return value


def _runs_over(error: json.JSONDecodeError, text: str, ended: bool) -> bool:
    """Whether more text might cure an error: an open string, or a fault at the very end of what there is.

    A word or escape that is cut in two shows up to a dozen characters before the end; once the stream has
    ended, such a fault is one.
    """
    edge = len(text.rstrip()) if ended else len(text) - 12
    return error.msg.startswith("Unterminated string") or error.pos >= edge


def _whole(line: str) -> Any:
    """The value of a line that is JSON by itself, else None."""
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _first_element(text: str) -> Any:
    """The first element of an array, where the head holds it whole, else None."""
    start = text.index("[") + 1
    match = _SPACE.match(text, start)
    try:
        return _DECODER.raw_decode(text, match.end() if match else start)[0]
    except (ValueError, RecursionError):
        return None
