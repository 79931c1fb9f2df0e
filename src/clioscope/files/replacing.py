"""Write a file whole or not at all."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from clioscope.errors import ClioscopeError

_NUMBER = re.compile(r"\(os error (\d+)\)")


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A name beside ``path`` to write to; it takes the place of ``path`` at the end, and is gone after an error.

    Raises OSError, also where polars says otherwise: a full disk comes from it as a ComputeError.
    """
    part = path.with_name(path.name + ".part")
    try:
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
def saving(path: Path) -> Iterator[Path]:
    """As ``replacing``, for a file that a user asked for: makes its folder, and says in a sentence what went wrong.

    Raises ClioscopeError.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as part:
            yield part
    except OSError as error:
        raise ClioscopeError(f"{path}: cannot be written ({error.strerror or error}).") from error
