"""The lines of a stream of bytes, with some taken back."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any

CHUNK = 1 << 18
LONGEST = 1 << 28  # bytes; what is longer is no line but a file of another kind


class Lines:
    """Iterates over lines without their line ends; ``number`` is the 1-based number of the line given last.

    A line above 256 million bytes is given as its beginning. What is ``taken_back`` comes again. A damage of the stream
    is raised after all the whole lines before it.
    """

    def __init__(self, stream: Any, end: bytes = b"\n") -> None:
        self.number = 0
        self._lines = _split(stream, end)
        self._again: deque[bytes] = deque()

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        line = self._again.popleft() if self._again else next(self._lines)
        self.number += 1
        return line

    def take_back(self, lines: list[bytes]) -> None:
        """Give these lines, the last ones given, once more."""
        self.number -= len(lines)
        self._again.extendleft(reversed(lines))


def _split(stream: Any, end: bytes) -> Iterator[bytes]:
    parts: list[bytes] = []
    held = 0
    while block := stream.read1(CHUNK):
        lines = block.split(end)
        if len(lines) > 1:
            parts.append(lines[0])
            yield b"".join(parts)
            yield from lines[1:-1]
            parts, held = [], 0
        if held < LONGEST:
            parts.append(lines[-1])
            held += len(lines[-1])
    if held:
        yield b"".join(parts)
