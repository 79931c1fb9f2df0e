"""A stream over unpacked pieces. It gives all bytes before a damage, and then says where the damage is."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any


class Unpacked(io.RawIOBase):
    """The bytes of ``pieces``. An error that ``reason_of`` knows becomes OSError, again at every call after it."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._ready = b""
        self._given = 0  # unpacked bytes
        self._damage: OSError | None = None

    def reason_of(self, error: Exception) -> str | None:
        """What an error of the pieces says about the file; None for an error of another kind."""
        raise NotImplementedError

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
        if self._damage is not None:
            raise self._damage
        try:
            return next(self._pieces, b"")
        except Exception as error:
            reason = self.reason_of(error)
            if reason is None:
                raise
            self._damage = OSError(reason)
            raise self._damage from error
