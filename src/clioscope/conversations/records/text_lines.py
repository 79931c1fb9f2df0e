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
        self._blocks = _split(stream, end)
        self._block: Iterator[bytes] = iter(())
        self._again: deque[bytes] = deque()

    def __iter__(self) -> Iterator[bytes]:
        """The lines from here on. Several such loops may run within each other; each line comes in one of them."""
        again = self._again
        while True:
            while again:
                self.number += 1
                yield again.popleft()
            block = self._block
            for line in block:
                self.number += 1
                yield line
                if again:
                    break
            else:
                if block is self._block and not self._read_on():  # no inner loop has read on
                    return

    def take(self) -> bytes | None:
        """The next line; None at the end."""
        line = self._again.popleft() if self._again else next(self._block, None)
        while line is None:
            if not self._read_on():
                return None
            line = next(self._block, None)
        self.number += 1
        return line

    def _read_on(self) -> bool:
        block = next(self._blocks, None)
        self._block = iter(block or ())
        return block is not None

    def take_back(self, lines: list[bytes]) -> None:
        """Give these lines, the last ones given, once more."""
        self.number -= len(lines)
        self._again.extendleft(reversed(lines))


def _split(stream: Any, end: bytes) -> Iterator[list[bytes]]:
    """The lines of the stream, a block's at once."""
    parts: list[bytes] = []
    held = 0
    while block := stream.read1(CHUNK):
        lines = block.split(end)
        if len(lines) > 1:
            parts.append(lines[0])
            lines[0] = b"".join(parts)
            rest = lines.pop()
            yield lines
            parts, held = [rest], len(rest)
        elif held < LONGEST:
            parts.append(block)
            held += len(block)
    if held:
        yield [b"".join(parts)]
