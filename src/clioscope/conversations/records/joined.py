"""bzip2 and xz, unpacked so that a damaged or cut-off file gives what stands before the damage, and says so.

The standard library's readers are not enough: after the first stream of a file, what does not begin like another one is
left out without a word, and so is all that stands behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import IO, Any

from clioscope.conversations.records.unpacked import Unpacked

PIECE = 1 << 9  # packed bytes at once: what such a piece holds before a damage is lost with it
CHUNK = 1 << 16


class _Damage(Exception):
    """The packed data cannot be unpacked any further; holds the number of packed bytes that are left."""


class Joined(Unpacked):
    """The plain bytes of all streams; at the damage OSError says where it is, and how much of the file is left there.

    ``unpacker`` makes a decompressor for one stream, which raises one of ``errors`` at a damage. ``padding`` is a byte
    that may stand between streams.
    """

    def __init__(
        self,
        packed: IO[bytes],
        kind: str,
        unpacker: Callable[[], Any],
        errors: tuple[type[Exception], ...],
        padding: bytes = b"",
    ) -> None:
        super().__init__(self._unpack())
        self._packed, self._kind, self._unpacker = packed, kind, unpacker
        self._errors, self._padding = errors, padding

    def reason_of(self, error: Exception) -> str | None:
        if isinstance(error, EOFError):
            return f"the {self._kind} file is cut off after {self._given:,} unpacked bytes"
        if not isinstance(error, _Damage):
            return None
        left = error.args[0]
        return (
            f"the {self._kind} file is damaged after {self._given:,} unpacked bytes; "
            f"the last {left:,} packed bytes are not read"
        )

    def _unpack(self) -> Iterator[bytes]:
        """Unpacked pieces, none empty. Raises _Damage at a damage, EOFError where the file is cut off."""
        unpacker = None
        while data := self._packed.read(CHUNK):
            while data:
                if unpacker is None:
                    data = data.lstrip(self._padding) if self._padding else data
                    unpacker = self._unpacker() if data else None
                    continue
                piece, rest = data[:PIECE], data[PIECE:]
                try:
                    plain = unpacker.decompress(piece)
                except self._errors as error:
                    raise _Damage(len(data) + self._rest()) from error
                if plain:
                    yield plain
                data = rest
                if unpacker.eof:
                    data, unpacker = unpacker.unused_data + rest, None
        if unpacker is not None:
            raise EOFError

    def _rest(self) -> int:
        """How many packed bytes come after those read so far."""
        return sum(map(len, iter(lambda: self._packed.read(CHUNK), b"")))
