"""The file of edits: one operation per line, only ever added to."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple

from clioscope.atlas.overlay import EDITS, PENDING
from clioscope.edits.operation import MARKS, Operation, operation_from
from clioscope.edits.sentences import NotApplicable, Refused, Said
from clioscope.errors import AtlasError
from clioscope.files.modes import open_private

LOCK = ".editing"


class Unread(NamedTuple):
    """A line that is no operation: its number, from 1, and why."""

    number: int
    why: Said

    @property
    def said(self) -> Said:
        """The whole: which line, and why."""
        return Said("line", {"line": self.number, "why": self.why})


class Log(NamedTuple):
    """``operations`` in the order of the file, undo and redo among them; ``unread`` are the lines that are none."""

    operations: list[Operation]
    unread: list[Unread]

    @property
    def undone(self) -> set[str]:
        """The ids of the operations that are undone."""
        found: set[str] = set()
        for one in self.operations:
            if one.op == "undo":
                found.add(str(one.details["of"]))
            elif one.op == "redo":
                found.discard(str(one.details["of"]))
        return found

    @property
    def standing(self) -> list[Operation]:
        """The operations that count: those that are not undone, and change something."""
        undone = self.undone
        return [one for one in self.operations if one.op not in MARKS and one.id not in undone]

    @property
    def followed(self) -> dict[str, str]:
        """Groups that an earlier build lost, by id, with the group that took the place of each."""
        return {str(one.details["group"]): str(one.details["to"]) for one in self.operations if one.op == "follow"}

    @property
    def speaking(self) -> list[Operation]:
        """The operations whose recorded names count: those that stand, and what a build recorded."""
        undone = self.undone
        return [one for one in self.operations if one.id not in undone and (one.op not in MARKS or one.op == "labels")]

    def to_undo(self) -> Operation | None:
        """The operation that the next undo takes back; None where there is none."""
        return next(iter(reversed(self.standing)), None)

    def to_redo(self) -> Operation | None:
        """The operation that the next redo brings back: the last one undone, if nothing was done since."""
        waiting: list[str] = []
        for one in self.operations:
            if one.op == "undo":
                waiting.append(str(one.details["of"]))
            elif one.op == "redo":
                waiting = [other for other in waiting if other != one.details["of"]]
            elif one.op not in MARKS:
                waiting.clear()
        return self.find(waiting[-1]) if waiting else None

    def find(self, id: str) -> Operation | None:
        """The operation of an id; None where there is none that can be undone."""
        return next((one for one in self.operations if one.id == id and one.op not in MARKS), None)


def read_log(folder: Path) -> Log:
    """The edits of the atlas in ``folder``; none where there is no such file. Raises AtlasError if it cannot be read.

    A line that is no operation is left out and told; a last line without its line feed was not written completely.
    """
    path = folder / EDITS
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Log([], [])
    except (OSError, ValueError) as error:
        raise AtlasError(f"{path}: cannot be read ({error}).") from error
    operations: list[Operation] = []
    unread: list[Unread] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            operations.append(operation_from(line))
        except NotApplicable as error:
            unread.append(Unread(number, error.said))
    return Log(operations, unread)


def append(folder: Path, operations: Sequence[Operation]) -> None:
    """Add operations to the file; they are pending until ``write_layer`` has applied them.

    Raises AtlasError if the file cannot be written.
    """
    path = folder / EDITS
    try:
        broken = path.exists() and path.stat().st_size and not path.read_bytes().endswith(b"\n")
        (folder / PENDING).touch()
        with open_private(path, "a") as file:
            file.write(("\n" if broken else "") + "".join(one.line() for one in operations))
    except OSError as error:
        raise AtlasError(f"{path}: cannot be written ({error.strerror or error}); nothing was changed.") from error


@contextmanager
def editing(folder: Path, *, wait: bool = False) -> Iterator[None]:
    """Hold the edits of an atlas alone. While another process holds them, this waits with ``wait``, and else fails.

    Raises AtlasError while another process edits the atlas, or if it is read-only.
    """
    with _held(folder, wait) as held:
        try:
            yield
        finally:
            if _is_at(held, folder / LOCK):  # the folder may be another one by now: a build has put a new atlas here
                (folder / LOCK).unlink(missing_ok=True)


def _held(folder: Path, wait: bool) -> IO[str]:
    """The file by which the edits are held, locked."""
    while True:
        try:
            held = (folder / LOCK).open("w")
        except OSError as error:
            raise AtlasError(f"{folder}: cannot be written ({error.strerror}).") from error
        try:
            fcntl.flock(held, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            if _is_at(held, folder / LOCK):  # not one that another process just removed
                return held
        except BlockingIOError:
            pass
        held.close()
        if not wait:
            raise Refused("busy", folder)


def _is_at(held: IO[str], path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(held.fileno()), path.stat())
    except FileNotFoundError:
        return False
