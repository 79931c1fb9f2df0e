"""Whether an atlas is still the one that a page was made of."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from clioscope.atlas.overlay import layer_of
from clioscope.version import __version__

if TYPE_CHECKING:
    from clioscope.atlas import Atlas

_KINDS = (".parquet", ".npy", ".json")
_END = 4096  # bytes: the end of a Parquet file says where its parts lie, and what their least and greatest values are


def fingerprint(atlas: Atlas, *more: str) -> str:
    """A text of 32 hexadecimal digits that differs when a file of the atlas, or of its edits, has been written anew.

    It is made of the name, the size, the time and the last 4 KiB of each table and array, of the version of Clioscope
    and the code of this package, and of ``more``. Reading them takes milliseconds, however large the atlas is.
    """
    digest = hashlib.sha256("\0".join([__version__, *more]).encode())
    for code in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(code.read_bytes())
    for folder in (atlas.path, layer_of(atlas.path)):
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            if path.suffix in _KINDS and path.is_file():
                digest.update(_said_of(path))
    return digest.hexdigest()[:32]


def _said_of(path: Path) -> bytes:
    with path.open("rb") as file:
        facts = os.fstat(file.fileno())
        file.seek(max(0, facts.st_size - _END))
        return f"{path.name}\0{facts.st_size}\0{facts.st_mtime_ns}\0".encode() + file.read()
