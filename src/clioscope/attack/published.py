"""All text that a published copy holds: every byte of every file, decoded."""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_VIEW = re.compile(r'<script type="application/octet-stream" id="view">([^<]+)</script>')


def published_passages(folder: str | Path) -> list[str]:
    """The passages of all files of a folder, each once: rows of tables, strings of JSON, of the page's data, and text.

    Texts of one row are one passage. A page of Clioscope is read as its data, since the rest is the same in all.
    """
    found: dict[str, None] = {}
    for path in sorted(Path(folder).rglob("*")):
        if path.is_file():
            found |= dict.fromkeys(passage for passage in _passages(path) if passage.strip())
    return list(found)


def _passages(path: Path) -> Iterator[str]:
    if path.suffix == ".parquet":
        import polars as pl

        table = pl.read_parquet(path, glob=False)
        yield " ".join(table.columns)
        for row in table.iter_rows():
            yield ". ".join(cell for cell in row if isinstance(cell, str))
        return
    text = path.read_bytes().decode("utf-8", errors="replace")
    if path.suffix == ".json":
        yield from _strings(json.loads(text))
    elif view := _VIEW.search(text):
        from clioscope.explorer.container import unpack

        header, _ = unpack(zlib.decompress(base64.b64decode(view.group(1))))
        yield from _strings(header)
    else:
        yield from text.splitlines()


def _strings(value: Any) -> Iterator[str]:
    """The texts in a value of JSON; those that stand side by side in an object are one passage."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield ". ".join([*value, *(part for part in value.values() if isinstance(part, str))])
        for part in value.values():
            if not isinstance(part, str):
                yield from _strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part)
