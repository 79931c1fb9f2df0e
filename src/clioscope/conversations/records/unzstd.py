"""zstd, unpacked so that a damaged or cut-off file gives what stands before the damage, and says so.

The library's own stream reader takes a file that is cut off for one that has ended.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any

from clioscope.conversations.records.unpacked import Unpacked

PIECE = 1 << 9  # packed bytes at once: what such a piece holds before a damage is lost with it
CHUNK = 1 << 16


class Unzstd(Unpacked):
    """The plain bytes of all frames; at the damage OSError says where it is, and how much is missing if known."""

    def __init__(self, packed: IO[bytes]) -> None:
        super().__init__(self._unpack())
        self._packed = packed
        self._frame = 0  # where the frame began, in unpacked bytes
        self._promised = -1  # the size that the frame's header tells

    def reason_of(self, error: Exception) -> str | None:
        from zstandard import ZstdError

        if not isinstance(error, ZstdError | EOFError):
            return None
        what = "cut off" if isinstance(error, EOFError) else "damaged"
        missing = self._promised - (self._given - self._frame)
        lost = f", {missing:,} before the end of its frame" if self._promised > 0 and missing > 0 else ""
        return f"the zstd file is {what} after {self._given:,} unpacked bytes{lost}"

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
