"""One stream of records: a file, a member of a zip, a sheet of a workbook."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class InputFile:
    """One stream of records, or a file that was found and is not read.

    ``account``: what stands for the account in an export of one account. This is the zip, the folder of a
    ``conversations.json``, or else the file, relative to the common folder of the given paths, so that it does not
    change when the data are moved. ``listed``: whether the file was found instead of named; then a fault in it is no
    fatal error. ``member``: where in ``path`` it lies, for people (a name in a zip, a sheet). ``inside``: the members
    to open one after the other, since a zip may lie in a zip. ``sheet``: the sheet of a workbook. ``skipped``: why the
    file is not read.
    """

    path: Path
    account: str
    member: str | None = None
    listed: bool = False
    skipped: str | None = None
    inside: tuple[str, ...] = ()
    sheet: str | None = None

    @property
    def name(self) -> str:
        return str(self.path) if self.member is None else f"{self.path}/{self.member}"

    @property
    def chain(self) -> tuple[str, ...]:
        """The members to open, outermost first; none for a file that lies plainly on disk."""
        return self.inside or ((self.member,) if self.member is not None and self.sheet is None else ())


@dataclass(slots=True)
class Meter:
    """How far the reading has come, in bytes of the files as they lie on disk."""

    total: int = 0
    finished: int = 0
    position: Callable[[], int] = field(default=lambda: 0)

    def done(self) -> int:
        return self.finished + self.position()
