"""UTF-16 as UTF-8, on the fly: spreadsheets save so, and everything else here knows UTF-8 alone."""

from __future__ import annotations

import codecs
import io
from typing import IO, Any

CHUNK = 1 << 16


def utf8(stream: Any) -> IO[bytes]:
    """The stream itself, or re-encoded where it starts with the mark of UTF-16. It must have ``peek``."""
    if stream.peek(2)[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return io.BufferedReader(_Recoder(stream))
    return stream  # type: ignore[no-any-return]


class _Recoder(io.RawIOBase):
    """A raw stream that decodes UTF-16 and hands out UTF-8."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-16")("replace")
        self._ready = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._ready:
            data = self._stream.read1(CHUNK)
            self._ready = self._decoder.decode(data, final=not data).encode("utf-8", "replace")
            if not data:
                break
        size = min(len(buffer), len(self._ready))
        buffer[:size], self._ready = self._ready[:size], self._ready[size:]
        return size
