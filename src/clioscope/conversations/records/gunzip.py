"""gzip, unpacked so that a damaged or cut-off file gives every byte before the damage."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import IO, Any

from clioscope.conversations.records.unpacked import Unpacked

CHUNK = 1 << 16
_GZIP = 31  # zlib's word for: a gzip header and checksum around the data


class Gunzip(Unpacked):
    """The plain bytes of a gzip stream, of all its members; at the damage OSError says where it is.

    The standard library's reader is not enough: it throws away the block in which the damage lies.
    """

    def __init__(self, packed: IO[bytes]) -> None:
        super().__init__(_unpack(packed))

    def reason_of(self, error: Exception) -> str | None:
        if not isinstance(error, zlib.error | EOFError):
            return None
        what = "cut off" if isinstance(error, EOFError) else "damaged"
        return f"the gzip file is {what} after {self._given:,} unpacked bytes"


def _unpack(packed: IO[bytes]) -> Iterator[bytes]:
    """Unpacked pieces, none empty. Raises zlib.error at a damage, EOFError where the stream is cut off."""
    unpacker = None
    while data := packed.read(CHUNK):
        while data:
            if unpacker is None:
                data = data.lstrip(b"\0")  # some writers pad between members
                unpacker = zlib.decompressobj(_GZIP) if data else None
                continue
            yield from _pieces(unpacker, data)
            data = unpacker.unused_data
            unpacker = None if unpacker.eof else unpacker
    if unpacker is not None:
        raise EOFError


def _pieces(unpacker: Any, data: bytes) -> Iterator[bytes]:
    """What a block unpacks to; up to the damage, if there is one, by taking it a byte at a time."""
    spare = unpacker.copy()
    try:
        piece = unpacker.decompress(data)
    except zlib.error:
        for byte in data:
            if piece := spare.decompress(bytes([byte])):
                yield piece
        raise
    if piece:
        yield piece
