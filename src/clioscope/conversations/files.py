"""Which files to read, and each as a stream of plain bytes: folders, zips, gzip and zstd seen through."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from os.path import commonpath
from pathlib import Path
from typing import IO, Any

from clioscope.conversations.gunzip import Gunzip
from clioscope.conversations.recode import utf8
from clioscope.errors import InputError
from clioscope.folders import files_below, is_atlas

DATA = re.compile(r"\.(jsonl|ndjson|json|parquet|pq|csv|tsv|zip)(\.(gz|zst))?$", re.IGNORECASE)
EXPORT = re.compile(r"(^|/)conversations([-_.]?\d+)?\.json$")  # newer exports come in numbered pieces


@dataclass(frozen=True, slots=True)
class InputFile:
    """One stream of records: a file, or a member of a zip.

    ``account`` names what holds it, for exports of one account: the zip, the folder of a
    ``conversations.json``, else the file; relative to what the paths given have in common, so that it does
    not change when the data are moved. ``listed`` files were found, not named: a stray one is no fatal error.
    """

    path: Path
    account: str
    member: str | None = None
    listed: bool = False
    skipped: str | None = None

    @property
    def name(self) -> str:
        return str(self.path) if self.member is None else f"{self.path}/{self.member}"


@dataclass(slots=True)
class Meter:
    """How far the reading has come, in bytes of the files as they lie on disk."""

    total: int = 0
    finished: int = 0
    position: Callable[[], int] = field(default=lambda: 0)

    def done(self) -> int:
        return self.finished + self.position()


def list_inputs(paths: Iterable[str | Path]) -> list[InputFile]:
    """The files that the paths stand for, in order. Raises InputError for a missing or empty one."""
    given = [Path(path) for path in paths]
    if not given:
        raise InputError("No input file was given.")
    common = _common(given)
    files: list[InputFile] = []
    for path, listed in _listed(given):
        try:
            files += _in_file(path, common, listed=listed)
        except OSError as error:
            raise _unreadable(path, error) from error
    return files


def list_paths(paths: Iterable[str | Path]) -> list[Path]:
    """As ``list_inputs``, the files on disk alone, unopened."""
    return [path for path, _ in _listed(Path(path) for path in paths)]


def _listed(given: Iterable[Path]) -> Iterator[tuple[Path, bool]]:
    """The files of each path, and whether they were found in a folder."""
    for path in given:
        try:
            if path.is_dir():
                yield from ((file, True) for file in _in_folder(path))
            elif path.exists():
                yield path, False
            else:
                raise InputError(f"{path}: there is no such file or folder.")
        except OSError as error:
            raise _unreadable(path, error) from error


def _unreadable(path: Path, error: OSError) -> InputError:
    return InputError(f"{path}: cannot be read ({error.strerror or error}).")


def magic(file: InputFile) -> str:
    """``parquet``, ``gzip``, ``zstd`` or ``plain``, by the first bytes."""
    if file.member is not None:
        return "plain"
    with file.path.open("rb") as stream:
        first = stream.read(4)
    if first.startswith(b"\x1f\x8b"):
        return "gzip"
    return {b"PAR1": "parquet", b"\x28\xb5\x2f\xfd": "zstd"}.get(first, "plain")


@contextmanager
def open_bytes(file: InputFile, meter: Meter | None = None) -> Iterator[IO[bytes]]:
    """The file's bytes, unpacked and (from UTF-16) turned to UTF-8. What was read counts on ``meter``."""
    if file.member is not None:
        with zipfile.ZipFile(file.path) as archive, archive.open(file.member) as member:
            _watch(meter, archive.fp)
            yield utf8(member)
        return
    packing = magic(file)
    with file.path.open("rb") as raw:
        _watch(meter, raw)
        yield utf8(_unpack(raw, packing))


def _unpack(raw: IO[bytes], packing: str) -> IO[bytes]:
    if packing == "gzip":
        return io.BufferedReader(Gunzip(raw), 1 << 16)
    if packing == "zstd":
        import zstandard

        reader: Any = zstandard.ZstdDecompressor().stream_reader(raw, read_across_frames=True)
        return io.BufferedReader(reader, 1 << 16)
    return raw


def _watch(meter: Meter | None, raw: IO[bytes] | None) -> None:
    if meter is not None and raw is not None:
        meter.position = lambda: 0 if raw.closed else raw.tell()


def _in_folder(folder: Path) -> list[Path]:
    """The data files below a folder, but none of an atlas; of an unpacked account export its conversations alone."""
    if is_atlas(folder):
        raise InputError(f"{folder}: is an atlas; give the conversations that it was built from.")
    every = sorted(files_below(folder))
    if not every:
        raise InputError(f"{folder}: the folder holds no files.")
    exports = [path for path in every if EXPORT.search(path.as_posix())]
    return exports or [path for path in every if DATA.search(path.name)] or every


def _in_file(path: Path, common: Path, *, listed: bool) -> list[InputFile]:
    """The file itself, or the members of a zip that hold conversations."""
    if path.stat().st_size == 0:
        raise InputError(f"{path}: the file is empty.")
    with path.open("rb") as stream:
        zipped = stream.read(4) == b"PK\x03\x04"
    if not zipped:
        home = path.parent if EXPORT.search(path.as_posix()) else path
        return [InputFile(path, _relative(home, common), listed=listed)]
    try:
        with zipfile.ZipFile(path) as archive:
            members = [info for info in archive.infolist() if not info.is_dir()]
    except zipfile.BadZipFile as error:
        raise InputError(f"{path}: a damaged zip ({error}); fetch it again.") from error
    if any(info.flag_bits & 1 for info in members):
        raise InputError(f"{path}: the zip is locked with a password; unpack it first.")
    names = sorted(info.filename for info in members)
    account = _relative(path, common)
    chosen = [name for name in names if EXPORT.search(name)] or [name for name in names if DATA.search(name)]
    if not chosen:
        shown = ", ".join(names[:5]) or "nothing"
        raise InputError(f"{path}: the zip holds no conversations.json and no other data file (it holds {shown}).")
    return [InputFile(path, account, member, listed=True) for member in chosen]


def _common(given: list[Path]) -> Path:
    """The deepest folder that holds all the paths; a folder given alone is that itself."""
    homes = []
    for path in given:
        try:
            homes.append(path.resolve() if path.is_dir() else path.resolve().parent)
        except (OSError, RuntimeError) as error:  # links in a circle
            raise InputError(f"{path}: cannot be read ({error}).") from error
    return Path(commonpath(homes))


def _relative(path: Path, common: Path) -> str:
    relative = path.resolve().relative_to(common).as_posix()
    return "" if relative == "." else relative
