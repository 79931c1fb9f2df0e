"""Writing a file completely or not at all."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from clioscope.errors import ClioscopeError
from clioscope.files.modes import PRIVATE, make_file

_NUMBER = re.compile(r"\(os error (\d+)\)")


@contextmanager
def replacing(path: Path, mode: int = PRIVATE) -> Iterator[Path]:
    """A path beside ``path`` to write to. At the end it takes the place of ``path``; after an error it is removed.

    The file has this ``mode`` from its first byte on, whatever the umask: by default only its owner may read it.
    Raises OSError, also for a full disk that polars reports as a ComputeError.
    """
    part = path.with_name(path.name + ".part")
    try:
        make_file(part, mode)
        yield part
        os.replace(part, path)
    except BaseException as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        number = _NUMBER.search(str(error))
        if number is not None and not isinstance(error, OSError):
            raise OSError(int(number[1]), os.strerror(int(number[1])), str(path)) from error
        raise


@contextmanager
def saving(path: Path, mode: int = PRIVATE) -> Iterator[Path]:
    """Like ``replacing``, for a file that a user asked for: it makes the folder, too.

    Raises ClioscopeError if the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path, mode) as part:
            yield part
    except OSError as error:
        raise ClioscopeError(f"{path}: cannot be written ({error.strerror or error}).") from error
