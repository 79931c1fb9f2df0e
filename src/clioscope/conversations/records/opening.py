"""A file as plain bytes, unpacked from zip, gzip, zstd, bzip2 or xz."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from shutil import copyfileobj
from typing import IO, Any

from clioscope.conversations.records.gunzip import Gunzip
from clioscope.conversations.records.input_file import InputFile, Meter
from clioscope.conversations.records.joined import Joined
from clioscope.conversations.records.recode import Told, utf8
from clioscope.conversations.records.unzstd import Unzstd

IN_MEMORY = 1 << 24  # bytes of a zip within a zip that are held in memory
_MAGIC = {
    b"\x1f\x8b": "gzip",
    b"PAR1": "parquet",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"PK\x03\x04": "zip",
    b"PK\x05\x06": "zip",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "ole",
}


def kind_of(head: bytes) -> str:
    """How a file is packed, by its first bytes; ``plain`` where it is not."""
    return next((kind for mark, kind in _MAGIC.items() if head.startswith(mark)), "plain")


def magic(file: InputFile) -> str:
    """``parquet``, ``gzip``, ``zstd``, ``bzip2``, ``xz``, ``zip``, ``ole`` or ``plain``, by the first bytes."""
    with open_packed(file) as stream:
        return kind_of(stream.read(8))


@contextmanager
def open_packed(file: InputFile, meter: Meter | None = None) -> Iterator[IO[bytes]]:
    """The bytes as they are on disk or in a zip. ``meter`` follows how far they are read."""
    with ExitStack() as stack:
        source: Any = stack.enter_context(file.path.open("rb"))
        _watch(meter, source)
        for depth, name in enumerate(file.chain):
            if depth:
                source = stack.enter_context(spooled(source))
            archive = stack.enter_context(zipfile.ZipFile(source))
            source = stack.enter_context(archive.open(name))
        yield source


@contextmanager
def open_bytes(
    file: InputFile,
    meter: Meter | None = None,
    encoding: str | None = None,
    told: Told | None = None,
) -> Iterator[IO[bytes]]:
    """The file's text, unpacked and turned into UTF-8 (``recode.py``). ``told`` is called with its encoding."""
    with open_packed(file) as stream:
        packing = kind_of(stream.read(8))
    with open_packed(file, meter) as stream:
        yield utf8(_unpack(stream, packing), encoding, told)


def head_of(file: InputFile, size: int) -> bytes:
    """The first ``size`` unpacked bytes, in whatever encoding; fewer where the file is shorter or breaks off."""
    with open_packed(file) as first:
        packing = kind_of(first.read(8))
    with open_packed(file) as stream:
        return beginning(_unpack(stream, packing), size)


def beginning(stream: Any, size: int) -> bytes:
    """The first ``size`` bytes of a stream; fewer where it ends or breaks off before. Raises what the stream raises
    where not a byte can be read."""
    head = b""
    try:
        while len(head) < size and (piece := stream.read1(size - len(head))):
            head += piece
    except Exception:  # the reading proper reports the damage, with its place
        if not head:
            raise
    return head


@contextmanager
def on_disk(file: InputFile) -> Iterator[Path]:
    """A path that holds the packed bytes: the file's own, or a temporary one for a member of a zip."""
    if not file.chain:
        yield file.path
        return
    with tempfile.NamedTemporaryFile(prefix="clioscope-") as copy:
        with open_packed(file) as member:
            copyfileobj(member, copy, 1 << 20)
        copy.flush()
        yield Path(copy.name)


@contextmanager
def spooled(stream: IO[bytes]) -> Iterator[IO[bytes]]:
    """A copy that can be read from any place: in memory, or where it is large in a temporary file."""
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as copy:
        copyfileobj(stream, copy, 1 << 20)
        copy.seek(0)
        yield copy  # type: ignore[misc]


def _unpack(raw: IO[bytes], packing: str) -> IO[bytes]:
    if packing == "gzip":
        return io.BufferedReader(Gunzip(raw), 1 << 16)
    if packing == "zstd":
        return io.BufferedReader(Unzstd(raw), 1 << 16)
    if packing == "bzip2":
        from bz2 import BZ2Decompressor

        return io.BufferedReader(Joined(raw, "bzip2", BZ2Decompressor, (OSError, ValueError)), 1 << 16)
    if packing == "xz":
        from lzma import LZMADecompressor, LZMAError

        return io.BufferedReader(Joined(raw, "xz", LZMADecompressor, (LZMAError,), padding=b"\0"), 1 << 16)
    return raw


def _watch(meter: Meter | None, raw: IO[bytes]) -> None:
    if meter is not None:
        meter.position = lambda: 0 if raw.closed else raw.tell()
