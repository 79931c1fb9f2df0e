"""The files to read: every data file of a folder, a zip or a workbook; and the files that are not read, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from os.path import commonpath
from pathlib import Path

from clioscope.conversations.records.data_names import (
    COMPANION,
    EXPORT,
    TAKEOUT,
    companions,
    is_data,
    is_seen,
    is_unclear,
    others,
)
from clioscope.conversations.records.input_file import InputFile, Meter
from clioscope.conversations.records.members import streams, streams_or_reason
from clioscope.conversations.records.opening import magic, open_bytes
from clioscope.errors import InputError
from clioscope.files.folders import files_below, is_atlas

__all__ = ["InputFile", "Meter", "list_inputs", "list_paths", "magic", "open_bytes"]


def list_inputs(paths: Iterable[str | Path]) -> list[InputFile]:
    """The streams of records in the paths, in order, and the files that are not read, with a reason in ``skipped``.

    Hidden files and those of an atlas are passed over. Raises InputError for a path that is missing, empty or damaged,
    or that holds no files.
    """
    given = [Path(path) for path in paths]
    if not given:
        raise InputError("No input file was given.")
    common = _common(given)
    files: list[InputFile] = []
    for path in given:
        try:
            if path.is_dir():
                files += _in_folder(path, common)
            else:
                _there(path)
                if path.stat().st_size == 0:
                    raise InputError(f"{path}: the file is empty.")
                files += streams(InputFile(path, _account(path, common)))
        except OSError as error:
            raise _unreadable(path, error) from error
    return files


def list_paths(paths: Iterable[str | Path]) -> list[Path]:
    """The files on disk that ``list_inputs`` looks into. Only their first bytes are read, if any."""
    listed: list[Path] = []
    for path in map(Path, paths):
        try:
            if path.is_dir():
                listed += _sorted_out(path)[0]
            else:
                _there(path)
                listed.append(path)
        except OSError as error:
            raise _unreadable(path, error) from error
    return listed


def _there(path: Path) -> None:
    if not path.exists():
        raise InputError(f"{path}: there is no such file or folder.")


def _unreadable(path: Path, error: OSError) -> InputError:
    return InputError(f"{path}: it cannot be read ({error.strerror or error}).")


def _in_folder(folder: Path, common: Path) -> Iterator[InputFile]:
    data, known, rest = _sorted_out(folder)
    for path in sorted([*data, *known]):
        file = InputFile(path, _account(path, common), listed=True)
        if path in known:
            yield replace(file, skipped=COMPANION)
            continue
        try:
            empty = path.stat().st_size == 0
        except OSError as error:
            yield replace(file, skipped=f"the file cannot be read ({error.strerror or error})")
            continue
        if empty:
            yield replace(file, skipped="the file is empty")
        else:
            yield from streams_or_reason(file)
    if rest is not None:
        yield InputFile(folder, _relative(folder, common), listed=True, skipped=rest)


def _sorted_out(folder: Path) -> tuple[list[Path], set[Path], str | None]:
    """The data files below a folder; the files that account exports are known to add; a sentence about all others.

    Where no name tells of data, all files count as data.
    """
    if is_atlas(folder):
        raise InputError(f"{folder}: this folder is an atlas; give the conversations that it was built from.")
    every = sorted(path for path in files_below(folder) if is_seen(path.relative_to(folder).as_posix()))
    if not every:
        raise InputError(f"{folder}: the folder holds no files.")
    known = {Path(name) for name in companions(path.as_posix() for path in every)}
    data = [path for path in every if path not in known and is_data(path.name, _head(path))]
    if not data:
        if others(path.relative_to(folder).as_posix() for path in every) == TAKEOUT:
            raise InputError(f"{folder}: {TAKEOUT}.")
        return every, set(), None
    chosen = {*data, *known}
    return data, known, others(path.relative_to(folder).as_posix() for path in every if path not in chosen)


def _head(path: Path) -> bytes | None:
    """The beginning of a file whose name tells nothing; None where it cannot be read."""
    if not is_unclear(path.name):
        return b""
    try:
        with path.open("rb") as stream:
            return stream.read(64)
    except OSError:
        return None


def _account(path: Path, common: Path) -> str:
    return _relative(path.parent if EXPORT.search(path.as_posix()) else path, common)


def _common(given: list[Path]) -> Path:
    """The deepest folder that holds all the paths; a folder given alone is that itself."""
    homes = []
    for path in given:
        try:
            homes.append(path.resolve() if path.is_dir() else path.parent.resolve())
        except (OSError, RuntimeError) as error:  # links in a circle
            raise InputError(f"{path}: it cannot be read ({error}).") from error
    return Path(commonpath(homes))


def _relative(path: Path, common: Path) -> str:
    place = path.resolve() if path.is_dir() else path.parent.resolve() / path.name  # links count where they lie
    relative = place.relative_to(common).as_posix() if place.is_relative_to(common) else place.name
    return "" if relative == "." else relative
