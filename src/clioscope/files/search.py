"""Searching all that files say for texts that must not be there: raw bytes, and what is coded or packed in them.

Parquet, arrays, JSON, SQLite, DuckDB, gzip, zstd, zip and HTML with packed data are decoded. Texts are compared without
regard to capitals and to the width of white space.
"""

from __future__ import annotations

import base64
import gzip
import io
import json
import re
import sqlite3
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from html import unescape
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

T = TypeVar("T")
_BLOB = re.compile(rb"[A-Za-z0-9+/_-]{64,}={0,2}")
_DEPTH = 4  # how deep data may be packed within data
_PIECE, _OVERLAP = 1 << 22, 1 << 12  # bytes
_MANY = 1000  # texts that are looked into at once
_LONG = 8  # characters of a text that is not found by chance in numbers and compressed data


class Trace(NamedTuple):
    """``text`` was found in ``file``; ``where``: in which part of it."""

    file: str
    where: str
    text: str


class Searcher:
    """Looks for some texts; empty ones are left out."""

    def __init__(self, texts: Iterable[str]) -> None:
        self.texts = {_folded(text): text for text in texts if text.strip()}
        words = sorted(self.texts, key=len, reverse=True)
        self._all, self._long = _pattern(words), _pattern([word for word in words if len(word) >= _LONG])
        self._within = {  # a pattern finds the longest text at a place: these are found with it
            word: [other for other in words if other in word and _bounded(other).search(word)] for word in words
        }

    def in_folder(self, folder: Path) -> list[Trace]:
        """All traces in the files below a folder, and in their names."""
        paths = sorted(path for path in folder.rglob("*") if path.is_file() or path.is_symlink())
        found = [trace for path in paths for trace in self.in_file(path, str(path.relative_to(folder)))]
        return list(dict.fromkeys(found))

    def in_file(self, path: Path, name: str | None = None) -> list[Trace]:
        """The traces in a file and in its name."""
        shown = name or path.name
        found = [Trace(shown, "its name", text) for text in self.in_text(shown)]
        if path.is_symlink():
            return found
        parts = _tables(path) if path.suffix in (".parquet", ".sqlite", ".duckdb") else iter(())
        coded = (
            (where, value, False)
            for where, text in parts
            for value in (text, *_strings(_json(text.encode("utf-8", "replace"))))
        )
        everything = chain(coded, _decoded(path.read_bytes(), "bytes", _DEPTH))
        for where, text, binary in self._likely(everything, lambda part: part[1]):
            found += [Trace(shown, where, one) for one in self.in_text(text, binary)]
        return list(dict.fromkeys(found))

    def in_texts(self, texts: Iterable[str]) -> set[str]:
        """Which of the texts any of many texts holds."""
        return {one for text in self._likely(texts, str) for one in self.in_text(text)}

    def _likely(self, parts: Iterable[T], text_of: Callable[[T], str]) -> Iterator[T]:
        """The parts whose text may hold one of the texts: all are looked for at once, which is fast."""
        import polars as pl

        words = list(self.texts)
        if not words:
            return
        waiting: list[T] = []
        size = 0
        for part in chain(parts, [None]):
            if part is not None:
                waiting.append(part)
                size += len(text_of(part))
            if waiting and (part is None or len(waiting) >= _MANY or size >= _PIECE):
                folded = pl.Series([_folded(text_of(one)) for one in waiting], dtype=pl.String)
                hits = folded.str.contains_any(words)
                yield from (one for one, hit in zip(waiting, hits, strict=True) if hit)
                waiting, size = [], 0

    def in_text(self, text: str, binary: bool = False) -> list[str]:
        """Which of the texts a text holds as whole words; of ``binary`` bytes, those that are there by no chance."""
        pattern = self._long if binary else self._all
        if pattern is None:
            return []
        found = set(pattern.findall(_folded(text)))
        return sorted({self.texts[inner] for match in found for inner in self._within[match]})


def _pattern(words: Sequence[str]) -> re.Pattern[str] | None:
    if not words:
        return None
    ends = "|".join(rf"{re.escape(word)}(?![^\W_])" for word in words)
    return re.compile(rf"(?<![^\W_])(?=({ends}))")


def _bounded(word: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![^\W_]){re.escape(word)}(?![^\W_])")


def _folded(text: str) -> str:
    # Half of a character, which JSON may hold, is no text to polars.
    return " ".join(text.casefold().split()).encode("utf-8", "replace").decode()


def _tables(path: Path) -> Iterator[tuple[str, str]]:
    """The cells of a table or database, by column."""
    if path.suffix == ".sqlite":
        with suppress(sqlite3.Error):
            yield from _rows(path)
        return
    if path.suffix == ".duckdb":
        yield from _cells(path)
        return
    import polars as pl

    with suppress(pl.exceptions.PolarsError, OSError):
        for name, kind in pl.scan_parquet(path, glob=False).collect_schema().items():
            yield f"the name of the column {name}", name
            column = pl.read_parquet(path, columns=[name], glob=False)[name]
            for value in _strings(column.to_list() if kind.is_nested() else _texts(column)):
                yield f"column {name}", value


def _texts(column: Any) -> Sequence[Any]:
    import polars as pl

    if column.dtype == pl.Binary:
        return [None if one is None else one.decode("utf-8", "replace") for one in column.unique()]
    plain = column.dtype in (pl.String, pl.Categorical, pl.Enum)
    return column.unique().cast(pl.String).to_list() if plain else []


def _rows(path: Path) -> Iterator[tuple[str, str]]:
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as base:
        names = [name for (name,) in base.execute("select name from sqlite_master where type = 'table'")]
        for name in names:
            for row in base.execute(f'select * from "{name}"'):
                for value in row:
                    if isinstance(value, str):
                        yield f"table {name}", value


def _cells(path: Path) -> Iterator[tuple[str, str]]:
    """The cells of a DuckDB database, which compresses its texts; none where DuckDB is not installed."""
    try:
        import duckdb
    except ImportError:
        return
    with suppress(duckdb.Error), duckdb.connect(str(path), read_only=True) as base:
        for (name,) in base.execute("select table_name from duckdb_tables()").fetchall():
            table = base.sql(f'select * from "{name}"')
            for column, values in zip(table.columns, zip(*table.fetchall(), strict=True), strict=False):
                yield from ((f"table {name}, column {column}", value) for value in _strings([name, column, *values]))


def _decoded(data: bytes, where: str, depth: int) -> Iterator[tuple[str, str, bool]]:
    """The text of some bytes, with what is coded or packed in them; whether the bytes are more than text."""
    binary = b"\x00" in data
    for part in _pieces(data):
        yield where, part.decode("utf-8", "replace"), binary
        if binary and len(data) % 2 == 0:
            yield f"{where}, UTF-16", part.decode("utf-16-le", "replace"), True
    if depth == 0:
        return
    if data[:6] == b"\x93NUMPY":
        yield f"{where}, array", _array(data), False
    for name, inner in _unpacked(data):
        yield from _decoded(inner, f"{where}, {name}", depth - 1)
    for value in _strings(_json(data)):
        yield f"{where}, JSON", value, False
    if b"<" in data[:512] and not binary:
        yield f"{where}, HTML", unescape(data.decode("utf-8", "replace")), False
    for match in _BLOB.finditer(data):
        with suppress(ValueError):
            blob = match[0].rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
            inner = base64.b64decode(blob + b"=" * (-len(blob) % 4))
            yield from _decoded(inner, f"{where}, base64", depth - 1)


def _pieces(data: bytes) -> Iterator[bytes]:
    """The bytes in pieces that overlap, so that a large file is not decoded as a whole."""
    for start in range(0, max(1, len(data)), _PIECE):
        yield data[max(0, start - _OVERLAP) : start + _PIECE]


def _unpacked(data: bytes) -> Iterator[tuple[str, bytes]]:
    """What is in compressed bytes, or in an archive. A file that is cut off gives what can be read."""
    if data[:2] == b"\x1f\x8b":
        with suppress(OSError, EOFError, zlib.error):
            yield "gzip", gzip.decompress(data)
    elif data[:1] == b"\x78":
        with suppress(zlib.error):
            yield "zlib", zlib.decompressobj().decompress(data)
    elif data[:4] == b"\x28\xb5\x2f\xfd":
        import zstandard

        with suppress(zstandard.ZstdError):
            yield "zstd", zstandard.ZstdDecompressor().stream_reader(io.BytesIO(data)).read()
    elif data[:4] == b"PK\x03\x04":
        with suppress(zipfile.BadZipFile), zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                yield name, name.encode() + b"\n" + archive.read(name)
    elif data[:8] == b"CLIOVIEW" and len(data) > 12:
        length = int.from_bytes(data[8:12], "little")
        yield "the page's header", data[12 : 12 + length]


def _array(data: bytes) -> str:
    """The texts of a NumPy array."""
    import numpy as np

    with suppress(ValueError, OSError):
        array = np.load(io.BytesIO(data), allow_pickle=False)
        if array.dtype.kind in "US":
            return "\n".join(str(one) for one in array.ravel().tolist())
    return ""


def _json(data: bytes) -> Any:
    """The value of JSON or JSON lines; None for anything else."""
    if data[:1] not in (b"{", b"["):
        return None
    with suppress(ValueError, RecursionError):
        return json.loads(data)
    values = []
    for row in data.split(b"\n"):
        with suppress(ValueError, RecursionError):
            values.append(json.loads(row))
    return values


def _strings(value: Any) -> Iterator[str]:
    """All texts within a value: keys too."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict):
            waiting += [*one, *one.values()]
        elif isinstance(one, list | tuple):
            waiting += one
