"""Who may read what Clioscope writes: files of people's data are for their owner alone, whatever the umask says."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path
from typing import IO, Literal

PRIVATE, PRIVATE_FOLDER = 0o600, 0o700
PUBLIC, PUBLIC_FOLDER = 0o644, 0o755


def make_file(path: Path, mode: int = PRIVATE) -> None:
    """Make an empty file of this mode, in place of one that is there. Raises OSError."""
    made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    try:
        if stat.S_ISREG(os.fstat(made).st_mode):  # and no device
            os.fchmod(made, mode)  # the umask may have taken bits away, and an earlier file has its own
    finally:
        os.close(made)


def open_private(path: Path, mode: Literal["w", "a"]) -> IO[str]:
    """Open a text file (UTF-8) for its owner alone, to write it anew or to add to it. Raises OSError."""
    flags = os.O_WRONLY | os.O_CREAT | (os.O_APPEND if mode == "a" else os.O_TRUNC)
    return os.fdopen(os.open(path, flags, PRIVATE), mode, encoding="utf-8")


def make_folder(path: Path) -> None:
    """Make a folder for its owner alone, and those above it as usual. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.mkdir(mode=PRIVATE_FOLDER)


def copy_private(source: Path, to: Path) -> None:
    """Copy a file with its times; the copy is for its owner alone. Raises OSError."""
    make_file(to)
    shutil.copyfile(source, to)
    shutil.copystat(source, to)
    to.chmod(PRIVATE)


def mode_for(published: bool) -> int:
    """The mode of a file that is made of an atlas: everybody may read what comes from a published one."""
    return PUBLIC if published else PRIVATE


def make_public(folder: Path) -> None:
    """Let everybody read a folder and the files in it. Raises OSError."""
    for path in folder.iterdir():
        path.chmod(PUBLIC)
    folder.chmod(PUBLIC_FOLDER)
