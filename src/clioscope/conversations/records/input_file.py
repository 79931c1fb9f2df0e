"""One stream of records: a file, a member of a zip, a sheet of a workbook."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class InputFile:
    """One stream of records, or a file that was found and is not read.

    ``account`` names what holds it, for exports of one account: the zip, the folder of a
    ``conversations.json``, else the file; relative to what the paths given have in common, so that it does
    not change when the data are moved. ``listed`` files were found, not named: a stray one is no fatal error.
    ``member`` says where in ``path`` it lies (a name in a zip, a sheet), for people. ``inside`` are the members to
    open one after the other (a zip may lie in a zip) and ``sheet`` the sheet of a workbook. ``skipped`` is the
    reason why it is not read.
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
