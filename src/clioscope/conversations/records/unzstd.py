"""zstd, unpacked so that a damaged or cut-off file gives what stands before the damage, and says so.

The library's own stream reader takes a file that is cut off for one that has ended.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import IO, Any

PIECE = 1 << 9  # packed bytes at once: what such a piece holds before a damage is lost with it
CHUNK = 1 << 16


class Unzstd(io.RawIOBase):
    """The plain bytes of all frames; at the damage OSError says where it is, and how much is missing if known."""

    def __init__(self, packed: IO[bytes]) -> None:
        self._packed = packed
        self._pieces = self._unpack()
        self._ready = b""
        self._given = 0
        self._frame = 0  # where the frame began, in unpacked bytes
        self._promised = -1  # the size that the frame's header tells
        self._damage: OSError | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._ready:
            self._ready = self._next()
        size = min(len(buffer), len(self._ready))
        buffer[:size], self._ready = self._ready[:size], self._ready[size:]
        self._given += size
        return size

    def _next(self) -> bytes:
        from zstandard import ZstdError

        if self._damage is not None:
            raise self._damage
        try:
            return next(self._pieces, b"")
        except (ZstdError, EOFError) as error:
            what = "cut off" if isinstance(error, EOFError) else "damaged"
            missing = self._promised - (self._given - self._frame)
            lost = f", {missing:,} before the end of its frame" if self._promised > 0 and missing > 0 else ""
            self._damage = OSError(f"the zstd file is {what} after {self._given:,} unpacked bytes{lost}")
            raise self._damage from error

    def _unpack(self) -> Iterator[bytes]:
        """Unpacked pieces, none empty. Raises ZstdError at a damage, EOFError where the stream is cut off."""
        from zstandard import ZstdDecompressor, frame_content_size

        unpacker: Any = None
        while data := self._packed.read(CHUNK):
            while data:
                if unpacker is None:
                    data += self._packed.read(18) if len(data) < 18 else b""  # a header whole
                    self._frame, self._promised = self._given + len(self._ready), frame_content_size(data)
                    unpacker = ZstdDecompressor(max_window_size=1 << 31).decompressobj()
                piece, data = data[:PIECE], data[PIECE:]
                if plain := unpacker.decompress(piece):
                    yield plain
                if unpacker.eof:
                    data = unpacker.unused_data + data
                    unpacker = None
        if unpacker is not None:
            raise EOFError
