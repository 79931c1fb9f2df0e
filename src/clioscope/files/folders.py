"""Folders of Clioscope. It marks those it works in, so that it never takes over or removes a folder of the user."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from clioscope.errors import AtlasError
from clioscope.files.modes import make_folder

FORMAT = "clioscope-atlas"
MANIFEST = "manifest.json"
MARK = ".clioscope"  # an empty file: Clioscope works in this folder, and may remove it
LOCK = ".lock"


def begin_work(folder: Path) -> None:
    """Make a marked folder for its owner alone, in place of one that an interrupted run left.

    Raises AtlasError for any other folder.
    """
    end_work(folder)
    make_folder(folder)
    (folder / MARK).touch()


def end_work(folder: Path) -> None:
    """Remove a marked folder, with the mark last, so that it is marked until it is gone.

    Raises AtlasError for any other folder.
    """
    if not os.path.lexists(folder):
        return
    check_work(folder)
    (folder / MARK).touch()
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.name != MARK:
            path.unlink()
    (folder / MARK).unlink()
    folder.rmdir()


def check_work(folder: Path) -> None:
    """Raise AtlasError, with what to do, if the folder exists and Clioscope did not make it."""
    if os.path.lexists(folder) and not is_work(folder):
        raise AtlasError(
            f"{folder}: Clioscope needs this name for its work but did not make what is there; "
            "rename it, or give another output folder."
        )


@contextmanager
def held(folder: Path, otherwise: str) -> Iterator[None]:
    """Hold a folder of work alone. Raises AtlasError, which says ``otherwise``, where another command holds it."""
    with (folder / LOCK).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AtlasError(otherwise) from None
        yield


def is_work(folder: Path) -> bool:
    """Whether a folder is marked, or empty, so that nothing in it can be lost.

    The first builds left a lock beside their manifest instead of the mark.
    """
    if not folder.is_dir() or folder.is_symlink():
        return False
    if (folder / MARK).exists() or not any(folder.iterdir()):
        return True
    return (folder / LOCK).exists() and is_atlas(folder)


def is_atlas(folder: Path) -> bool:
    """Whether a folder holds the manifest of an atlas, of any version."""
    return manifest_of(folder).get("format") == FORMAT


def manifest_of(folder: Path) -> dict[str, Any]:
    """What the manifest of a folder holds, whatever program made it; empty if it is missing or cannot be read."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return manifest if isinstance(manifest, dict) else {}


def files_below(folder: Path) -> Iterator[Path]:
    """The files below a folder, without hidden files and without those of an atlas or of unfinished work."""
    for home, folders, files in os.walk(folder):
        at = Path(home)
        folders[:] = [name for name in folders if not name.startswith(".") and not _made_here(at / name)]
        yield from (at / name for name in files if not name.startswith(".") and (at / name).is_file())


def _made_here(folder: Path) -> bool:
    return (folder / MARK).exists() or is_atlas(folder)
