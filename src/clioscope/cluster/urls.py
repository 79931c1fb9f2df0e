"""Input at a URL: which files there are, and one of them on this machine's disk."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatchcase
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from clioscope.cluster.shards import open_folder
from clioscope.errors import AtlasError, InputError

_URL = re.compile(r"([a-z][a-z0-9+.-]+):/+(.*)", re.DOTALL)
_DATA = (".parquet", ".jsonl", ".ndjson", ".jsonl.gz", ".jsonl.zst", ".ndjson.gz")
_WILD = re.compile(r"[*?\[]")
_PIECE = 1 << 20  # bytes copied at once


class UrlFile(NamedTuple):
    """A file at a URL: its size in bytes, and when it was last changed (ns since 1970; 0 where that is not told)."""

    url: str
    bytes: int
    changed: int


def url_of(path: str | Path) -> str | None:
    """The URL that a path of the command line stands for (``s3:/bucket/x`` is what pathlib makes of one); else None."""
    match = _URL.fullmatch(str(path))
    if match is None or Path(path).exists():
        return None
    scheme, rest = match.groups()
    return f"{scheme}:///{rest}" if scheme == "file" else f"{scheme}://{rest}"


def list_url(url: str) -> list[UrlFile]:
    """The files at a URL: that file, the Parquet and JSONL files below a folder, or those that fit a pattern (``*``).

    Raises InputError where there are none, or where they cannot be listed.
    """
    from pyarrow.fs import FileSelector, FileType

    wild = _WILD.search(url)
    start = url[: wild.start()].rpartition("/")[0] if wild else url
    try:
        files, root = open_folder(start)
        first = files.get_file_info(root)
        if first.type == FileType.File:
            found = [first]
        else:
            found = files.get_file_info(FileSelector(root, allow_not_found=True, recursive=True))
    except (OSError, AtlasError) as error:
        raise InputError(f"{url}: its files cannot be listed ({error}).") from error
    pattern = f"{root}{url[len(start) :]}"
    listed = [
        UrlFile(start.rstrip("/") + one.path[len(root) :], int(one.size or 0), int(one.mtime_ns or 0))
        for one in sorted(found, key=lambda one: one.path)
        if one.type == FileType.File and (fnmatchcase(one.path, pattern) if wild else _is_wanted(one.path, root))
    ]
    if not listed:
        raise InputError(f"{url}: there are no Parquet or JSONL files there.")
    return listed


def _is_wanted(path: str, root: str) -> bool:
    name = path.rpartition("/")[2]
    return path == root or (name.lower().endswith(_DATA) and not name.startswith((".", "_")))


@contextmanager
def fetched(url: str) -> Iterator[Path]:
    """The file at a URL as one on this machine, while the context lasts. Raises InputError where it cannot be got."""
    with TemporaryDirectory(prefix="clioscope-") as folder:
        place = Path(folder) / url.rpartition("/")[2]
        try:
            files, path = open_folder(url)
            with files.open_input_stream(path, compression=None) as source, place.open("wb") as target:
                while piece := source.read(_PIECE):
                    target.write(piece)
        except (OSError, AtlasError) as error:
            raise InputError(f"{url}: it cannot be read ({error}).") from error
        yield place
