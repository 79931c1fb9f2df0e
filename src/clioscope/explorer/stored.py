"""The view of an atlas on disk: a head, and one file per array, which the page reads when it needs it.

The files lie in the folder ``page`` of the atlas. They are written once for a state of the atlas, by the first server
or, for a large atlas, by the command that made it, and found again by the next server. A published atlas, and one whose
folder cannot be written, has them in a folder that goes with the server.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Mapping
from contextlib import suppress
from copy import copy
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

from clioscope.errors import AtlasError
from clioscope.explorer.container import kind_of, pack, unpack
from clioscope.explorer.fingerprint import fingerprint
from clioscope.explorer.texts import later_arrays
from clioscope.explorer.view import VERSION, view_parts
from clioscope.files.folders import MARK, is_work
from clioscope.files.modes import make_folder
from clioscope.files.replacing import replacing

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clioscope.atlas import Atlas

FOLDER = "page"
_HEAD = ".view"
_KEPT = 3  # heads: a page that is open may show the state before an edit
_LARGE = 50_000  # conversations from which on making the files would keep the first reader of the page waiting
_SURELY_DONE = 600  # seconds after which no other server is still writing what belongs to a file


class StoredView(NamedTuple):
    """``head``: the bytes that the page reads first. ``files``: the name that the head has for an array -> its file.
    ``later``: the names of those that are made when they are first asked for (``make_file``)."""

    head: bytes
    files: Mapping[str, Path]
    later: frozenset[str]


class ViewFolder:
    """Where the files of a page lie: in the atlas or, where that is not possible, in a temporary folder."""

    def __init__(self, atlas: Atlas) -> None:
        inside = atlas.path / FOLDER
        self._temporary: TemporaryDirectory[str] | None = None
        if not atlas.published and os.access(atlas.path, os.W_OK) and (not os.path.lexists(inside) or is_work(inside)):
            self.path = inside
        else:
            self._temporary = TemporaryDirectory(prefix="clioscope-page-")
            self.path = Path(self._temporary.name)

    def begin(self) -> None:
        """Make the folder, for its owner alone, and mark it as one that Clioscope may remove. Raises OSError."""
        if not self.path.exists():
            make_folder(self.path)
        (self.path / MARK).touch()


def stored_view(atlas: Atlas, folder: ViewFolder, *, title: str | None = None) -> StoredView:
    """The view of ``atlas`` in ``folder``, written if it is not there. Raises AtlasError where it cannot be."""
    head = folder.path / f"{fingerprint(atlas, str(VERSION), title or '')}{_HEAD}"
    found = _read(head)
    if found is not None:
        with suppress(OSError):
            os.utime(head)  # it is among the latest again
        return found
    try:
        folder.begin()
        # What a copy reads goes with it: a server of a million conversations need not hold their tables.
        header, arrays = view_parts(copy(atlas), title=title, texts=True, ends=True, records=True, later=True)
        files = {name: _write(folder.path, name, array) for name, array in arrays.items()}
        files |= _later(header, arrays, fingerprint(atlas))
        with replacing(head) as part:
            part.write_bytes(pack(header | {"files": files}, {}))
        _tidy(folder.path)
    except OSError as error:
        raise _unwritten(folder, error) from error
    found = _read(head)
    if found is None:
        raise AtlasError(f"{folder.path}: the page's files were changed while they were written; try again.")
    return found


def prepare_view(atlas: Atlas) -> None:
    """Write the view of a large atlas that has just been made or measured, so that its first reader waits no longer
    than a later one. Where its files cannot be written, nothing is lost: the server tries again."""
    if not atlas.published and atlas.manifest["counts"]["conversations"] >= _LARGE:
        with suppress(AtlasError, OSError, MemoryError):
            stored_view(atlas, ViewFolder(atlas))


def make_file(atlas: Atlas, folder: ViewFolder, file: str) -> None:
    """Make a file that is one of ``later`` of the view of ``atlas``, and the one that belongs to it. Raises AtlasError
    where they cannot be written."""
    array, _, state = file.partition(".")
    try:
        for name, made in later_arrays(copy(atlas), array).items():
            with replacing(folder.path / f"{name}.{state}") as part:
                part.write_bytes(_bytes(made))
    except OSError as error:
        raise _unwritten(folder, error) from error


def _unwritten(folder: ViewFolder, error: OSError) -> AtlasError:
    return AtlasError(
        f"{folder.path}: the page's files cannot be written ({error.strerror or error}); make room for them, or "
        "make the folder of the atlas read-only, so that they go to the folder for temporary files."
    )


def _later(header: Mapping[str, Any], arrays: Mapping[str, Any], state: str) -> dict[str, list[Any]]:
    """What the head says of arrays that are not made yet: the type, no length, and the name that the file will have."""
    lines = [one for one in (*header["texts"], header.get("records")) if one and one["array"] not in arrays]
    kinds = {one[part]: kind for one in lines for part, kind in (("array", "u1"), ("ends", "u4"))}
    return {name: [kind, None, f"{name}.{state}"] for name, kind in kinds.items()}


def _bytes(array: NDArray[Any]) -> bytes:
    return array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes()


def _write(folder: Path, name: str, array: NDArray[Any]) -> list[Any]:
    """Write an array under its name and the hash of its bytes: its type, its length and the name of the file."""
    kind = kind_of(name, array)
    data = _bytes(array)
    file = f"{name}.{hashlib.sha256(data).hexdigest()[:24]}"
    path = folder / file
    if _size(path) != len(data):
        with replacing(path) as part:
            part.write_bytes(data)
    else:
        os.utime(path)
    return [kind, len(array), file]


def _read(head: Path) -> StoredView | None:
    """What a head and its files hold; None if one of them is missing or is not whole."""
    try:
        data = head.read_bytes()
        files = unpack(data)[0]["files"]
    except (OSError, ValueError, KeyError):
        return None
    paths = {str(file): head.with_name(str(file)) for _, _, file in files.values()}
    sizes = {str(file): int(kind[1]) * length for kind, length, file in files.values() if length is not None}
    if any(_size(paths[file]) != size for file, size in sizes.items()):
        return None
    return StoredView(data, paths, frozenset(paths) - frozenset(sizes))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return -1


def _tidy(folder: Path) -> None:
    """Remove what belongs to none of the latest heads."""
    times = {path: path.stat().st_mtime for path in folder.iterdir() if path.name != MARK}
    heads = sorted((path for path in times if path.suffix == _HEAD), key=times.__getitem__, reverse=True)[:_KEPT]
    kept = {*heads, *(file for head in heads if (view := _read(head)) for file in view.files.values())}
    for path, written in times.items():
        if path not in kept and (path.suffix == _HEAD or written < time.time() - _SURELY_DONE):
            path.unlink(missing_ok=True)
