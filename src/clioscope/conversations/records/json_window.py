"""The part of a text stream that is being decoded: read on where a value runs over its end."""

from __future__ import annotations

import codecs
import json
import re
from typing import Any

CHUNK = 1 << 18
LARGEST = 1 << 28  # characters of one record; what is longer is no record but a broken file
_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder(strict=False)


class Window:
    """Text from ``place`` on is still to be decoded. Bad bytes are escaped, and ``is_dirty`` from then on."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream
        self.damage: Exception | None = None
        self.decoder = codecs.getincrementaldecoder("utf-8")("strict")
        self.text = ""
        self.place = 0
        self.ended = False
        self.is_dirty = False
        self.size = 0  # bytes read

    def more(self, size: int = CHUNK) -> bool:
        """Drop what is done and read on; False at the end of the stream."""
        if self.ended:
            return False
        data = self._read(size)
        self.ended = not data
        self.size += len(data)
        self.text = self.text[self.place :] + self._decode(data)
        self.place = 0
        return not self.ended

    def _decode(self, data: bytes) -> str:
        if not self.is_dirty:
            before = self.decoder.getstate()
            try:
                return self.decoder.decode(data, final=self.ended)
            except UnicodeDecodeError:
                self.is_dirty = True
                self.decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
                self.decoder.setstate(before)
        return self.decoder.decode(data, final=self.ended)

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

    def rest(self) -> tuple[int, int]:
        """Read to the end: how many bytes were not decoded, and how many there are."""
        left = len(self.text[self.place :].encode("utf-8", "surrogatepass"))
        self.text, self.place = "", 0
        while data := self._read(CHUNK):
            left += len(data)
            self.size += len(data)
        return left, self.size

    def at_end(self) -> bool:
        return self.place >= len(self.text) and not self.more() and self.place >= len(self.text)

    def skip(self, pattern: re.Pattern[str] = _SPACE) -> None:
        """Pass over what the pattern matches: white space."""
        while True:
            match = pattern.match(self.text, self.place)
            self.place = match.end() if match else self.place
            if self.place < len(self.text) or not self.more():
                return

    def take(self, character: str) -> bool:
        present = self.text.startswith(character, self.place)
        self.place += present
        return present

    def next_value(self) -> tuple[Any, str]:
        """Decode the value that starts here; its text beside it where bad bytes may be in it.

        Raises EOFError where the stream ends within it, ValueError and RecursionError where it is damaged; the
        place stays at its beginning then.
        """
        size = CHUNK
        while True:
            try:
                value, end = _DECODER.raw_decode(self.text, self.place)
            except json.JSONDecodeError as error:
                if not _runs_over(error, self.text, self.ended):
                    raise json.JSONDecodeError(error.msg, self.text[self.place :], error.pos - self.place) from None
                if len(self.text) - self.place > LARGEST:
                    raise ValueError("the record is longer than 256 million characters") from None
                if not self.more(size):
                    raise EOFError from None
                size *= 2  # so that a long record is not decoded again for every chunk
                continue
            # A bare number at the edge may go on in the next chunk.
            if end == len(self.text) and not isinstance(value, dict | list | str) and self.more():
                continue
            text = self.text[self.place : end] if self.is_dirty else ""
            self.place = end
            return value, text

    def value_at(self, offset: int) -> Any:
        """The value that begins so far behind the place, which stays; None where none can be decoded there."""
        size = CHUNK
        while True:
            try:
                return _DECODER.raw_decode(self.text, self.place + offset)[0]
            except json.JSONDecodeError as error:
                length = len(self.text) - self.place
                if not _runs_over(error, self.text, self.ended) or length > LARGEST or not self.more(size):
                    return None
                size *= 2
            except RecursionError:
                return None

    def indent(self) -> str | None:
        """The white space before the place, where that begins a line."""
        before = self.text[self.text.rfind("\n", 0, self.place) + 1 : self.place]
        return before if not before.strip() and "\n" in self.text[: self.place] else None


def _runs_over(error: json.JSONDecodeError, text: str, ended: bool) -> bool:
    """Whether more text might cure an error: an open string, or a fault at the very end of what there is.

    A word or escape that is cut in two shows up to a dozen characters before the end; once the stream has
    ended, such a fault is one.
    """
    edge = len(text.rstrip()) if ended else len(text) - 12
    return error.msg.startswith("Unterminated string") or error.pos >= edge
