"""Any encoding turned into UTF-8 while it is read, so that all later steps know only UTF-8.

Nothing is replaced. A byte without a character in its encoding becomes bytes that are not valid UTF-8 either, so that
the record is rejected.
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Callable, Iterator
from typing import IO, Any

from clioscope.conversations.records.encodings import marked, pieces_of, shown, tell, unmarked

CHUNK = 1 << 18
AHEAD = 1 << 23  # bytes looked at, at most, to tell the encoding
ENOUGH = 1 << 20  # bytes of lines that are not ASCII
SURE = 50  # lines of valid UTF-8 after which it is no question any more
Told = Callable[[str, str], None]


def utf8(stream: Any, encoding: str | None = None, told: Told | None = None) -> IO[bytes]:
    """The stream as UTF-8, without its mark. The bytes tell the encoding unless it is given; a mark wins.

    ``told`` gets Python's name of the encoding where it is not plainly UTF-8, and a sentence for people (empty where
    the mark says it).
    The stream must have ``read1``. The same bytes give the same encoding, however they come in.
    """
    return io.BufferedReader(Recoder(stream, encoding, told), CHUNK)


class Recoder(io.RawIOBase):
    """A raw stream that gives UTF-8. ``encoding`` is the one recognised so far."""

    def __init__(self, stream: Any, encoding: str | None = None, told: Told | None = None) -> None:
        self._stream = stream
        self._told = told
        self._wanted = encoding
        self._damage: Exception | None = None
        self._ready = memoryview(b"")
        self._blocks = self._recoded()
        self.encoding = "utf-8"

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._ready:
            self._ready = memoryview(next(self._blocks, b""))
        if not self._ready and self._damage is not None:
            raise self._damage
        size = min(len(buffer), len(self._ready))
        buffer[:size] = self._ready[:size]
        self._ready = self._ready[size:]
        return size

    def _raw(self, size: int = CHUNK) -> bytes:
        """The next bytes, as many as asked for where there are so many. A damage is kept for the end."""
        parts: list[bytes] = []
        while size > 0 and self._damage is None:
            try:
                piece = self._stream.read1(size)
            except Exception as error:
                self._damage = error
                break
            if not piece:
                break
            parts.append(piece)
            size -= len(piece)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _recoded(self) -> Iterator[bytes]:
        head = self._raw()
        mark = marked(head)
        if mark is not None:
            name, length = mark
            if name != "utf-8":
                self._say(name, "")
            if self._wanted not in (None, name, "utf-16", "utf-32", "utf-8-sig"):
                self._say(name, f"its mark says {shown(name)}, so it is read as that, not as {self._wanted}")
            yield from self._all_in(name, head[length:])
        elif self._wanted is not None:
            yield from self._all_in(self._wanted.replace("utf-8-sig", "utf-8"), head)
        elif (name := unmarked(head) or "") != "":
            self._tell(name)
            yield from self._all_in(name, head)
        else:
            yield from self._by_content(head)

    def _all_in(self, name: str, block: bytes) -> Iterator[bytes]:
        self.encoding = name
        if name in ("utf-8", "ascii"):
            while block:
                yield block
                block = self._raw()
            return
        # Lone halves of UTF-16 cannot be escaped; they come out as what UTF-8 does not allow.
        errors = "surrogatepass" if name.startswith(("utf-16", "utf-32")) else "surrogateescape"
        decoder = codecs.getincrementaldecoder(name)(errors)
        while block:
            try:
                text = decoder.decode(block)
            except UnicodeError as error:
                self._damage = OSError(
                    f"not valid {shown(name)}: {error.reason if hasattr(error, 'reason') else error}"
                )
                return
            if out := text.encode("utf-8", "surrogatepass"):
                yield out
            block = self._raw()
        try:
            rest = decoder.decode(b"", final=True)
        except UnicodeError:
            self._damage = self._damage or OSError(f"the text, {shown(name)}, ends within a character")
            return
        if rest:
            yield rest.encode("utf-8", "surrogatepass")

    def _by_content(self, block: bytes) -> Iterator[bytes]:
        """UTF-8 as long as it is; the encoding told at the first byte that is not."""
        seen: list[bytes] = []  # the few lines that are not ASCII up to here
        while block:
            if block.isascii():
                yield block
                block = self._raw()
                continue
            held, pieces = self._look_ahead(block)
            name = tell([*seen, *pieces])
            if name != "utf-8":
                self._tell(name)
                yield from self._all_in(name, held)
                return
            seen += pieces[: SURE + 1]
            yield held
            if len(seen) > SURE:
                yield from self._all_in("utf-8", self._raw())
                return
            block = self._raw()

    def _look_ahead(self, block: bytes) -> tuple[bytes, list[bytes]]:
        """Whole lines from here on (however the bytes come in), and those of them that are not ASCII."""
        parts, size, pieces, sampled, rest = [block], len(block), [], 0, block
        while True:
            end = rest.rfind(b"\n") + 1 or rest.rfind(b'"') + 1
            new = pieces_of(rest[:end])
            pieces += new
            sampled += sum(map(len, new))
            rest = rest[end:]
            more = self._raw() if size < AHEAD and sampled < ENOUGH else b""
            if not more:
                break
            parts.append(more)
            size += len(more)
            rest += more
        if size < AHEAD and sampled < ENOUGH:  # the end of the file, maybe without a line end
            pieces += pieces_of(rest)
        elif rest and (line := self._stream_line(rest)):
            parts.append(line)
        return b"".join(parts), pieces

    def _stream_line(self, rest: bytes) -> bytes:
        """Bytes up to a place where no character can be cut in two."""
        parts: list[bytes] = []
        while (rest[-1:] or b"x") not in b'\n"' and (byte := self._raw(1)) and len(parts) < 1 << 16:
            parts.append(byte)
            rest = byte
        return b"".join(parts)

    def _tell(self, name: str) -> None:
        self._say(name, f"the text is read as {shown(name)}; --encoding NAME overrules that")

    def _say(self, name: str, sentence: str) -> None:
        if self._told is not None:
            self._told(name, sentence)
