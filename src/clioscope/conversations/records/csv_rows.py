"""Rows of CSV from lines, one at a time. Where a quote is never closed, the lines after it are not lost."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import NamedTuple

from clioscope.conversations.records.csv_cells import LONGEST_CELL, Dialect, Unread, cells_of, closes, rfc
from clioscope.conversations.records.csv_layout import CsvLayout
from clioscope.conversations.records.csv_shapes import Shapes
from clioscope.conversations.records.text_lines import Lines


class Row(NamedTuple):
    """The cells of a row, or the reason why it cannot be read. ``lines``: how many lines it took."""

    cells: list[str]
    error: str | None = None
    lines: int = 1


class _Run(NamedTuple):
    """The lines that an open quote runs over. ``cells`` are those of the whole, if it closes and its quotes fit."""

    cells: list[str] | None
    lines: list[str]
    reason: str


class Rows:
    """Makes rows of ``lines``, all of ``width`` cells if they are sound (None: the header, of any width)."""

    def __init__(self, lines: Lines, layout: CsvLayout) -> None:
        self._lines = lines
        self._mark = layout.delimiter
        self._spaced = layout.spaced
        self._end = layout.end.decode()
        self.width: int | None = None
        self.shapes = Shapes(0)
        self._tail = ""
        self._quoted = False  # there was a sound row with quotes around a cell
        self._first = ""
        self._taken: list[str] = []
        self._reader = self._fresh()

    def begin(self, width: int) -> None:
        """Every row after this has so many cells."""
        self.width = width
        self.shapes = Shapes(width)

    def row(self, line: str, tail: str = "") -> Row:
        """The row that begins on this line, the last that was taken from the lines; ``tail`` are the CRs behind it."""
        self._tail = tail
        if '"' not in line:
            cells = line.split(self._mark)
            if self._spaced:
                cells = [cell.lstrip(" ") for cell in cells]
            if len(cells) != self.width and "\\" in line and (other := self._single(line, (Dialect.BACKSLASH,))):
                return Row(other)
            return self._fitted(cells)
        cells_or = rfc(line, self._mark, spaced=self._spaced)
        if cells_or is Unread.OPEN:
            return self._open(line)
        if other := self._single(line):
            return Row(other)
        if isinstance(cells_or, list):
            return self._fitted(cells_or)
        if "\\" in line and cells_of(line, self._mark, Dialect.BACKSLASH) is Unread.OPEN:
            run = self._run(line, Dialect.BACKSLASH)
            if run.cells is not None and self._is_fit(run.cells) and not self._holds_rows(line, run.lines):
                return Row(run.cells, lines=1 + len(run.lines))
            self._give_back(run.lines)
            if other := self._single(line, (Dialect.STRAY,)):
                return Row(other)
        if line.count('"') % 2 == 0 and (plain := self._literal(line)):
            return Row(plain)
        return Row([], "the quotes of the row do not fit (a quote within a text is not doubled)")

    def sound(self, line: str, tail: str) -> tuple[list[str], int] | None:
        """The cells by RFC 4180, and the lines they took, where nothing speaks against it; asked before ``row``."""
        self._first, self._taken = line + tail + self._end, []
        try:
            cells = next(self._reader)
        except (csv.Error, StopIteration):
            self._reader = self._fresh()
        else:
            if self._is_fit(cells) and not (self._taken and self._holds_rows(line, self._taken)):
                self._quoted = self._quoted or self._mark + '"' in line or line.startswith('"')
                return cells, 1 + len(self._taken)
        self._give_back(self._taken)
        return None

    def _literal(self, line: str) -> list[str] | None:
        """The cells of a line whose quotes are but characters, where they fit the header so."""
        cells = line.split(self._mark)
        return cells if len(cells) == self.width else None

    def _fresh(self) -> Iterator[list[str]]:
        return csv.reader(self._fed(), delimiter=self._mark, strict=True, skipinitialspace=self._spaced)

    def _fed(self) -> Iterator[str]:
        """The line at hand, and as many more as the reader asks for within quotes."""
        while True:
            if self._first:  # a row begins
                line, self._first = self._first, ""
                yield line
                continue
            raw = self._lines.take()
            if raw is None:
                return
            self._taken.append(raw.decode("utf-8", "surrogateescape"))
            yield self._taken[-1] + self._end

    def _is_fit(self, cells: list[str]) -> bool:
        return self.width is None or len(cells) == self.width

    def _fitted(self, cells: list[str]) -> Row:
        """A row of another width: empty cells too many are dropped, cells too few are missing ones if the rest fits."""
        if self._is_fit(cells) or self.width is None:
            return Row(cells)
        if len(cells) > self.width and not any(cell.strip() for cell in cells[self.width :]):
            return Row(cells[: self.width])
        if len(cells) < self.width and self.shapes.fits(cells):
            return Row(cells)
        return Row([], f"the row has {len(cells)} cells, the header {self.width}")

    def _single(
        self, line: str, dialects: tuple[Dialect, ...] = (Dialect.BACKSLASH, Dialect.STRAY)
    ) -> list[str] | None:
        """The cells of a line by itself in the first dialect in which they fit the header."""
        spaced = rfc(line, self._mark, spaced=True)
        if isinstance(spaced, list) and self._is_fit(spaced):
            return spaced
        for dialect in dialects:
            if dialect is Dialect.BACKSLASH and "\\" not in line:
                continue
            cells = cells_of(line, self._mark, dialect)
            if isinstance(cells, list) and self._is_fit(cells):
                return cells
            if cells is Unread.OPEN and dialect is Dialect.BACKSLASH:
                return None  # the row may go on in the lines behind
        return None

    def _open(self, line: str) -> Row:
        """A row whose first line ends within quotes."""
        run = self._run(line, Dialect.RFC)
        if run.cells is not None and self._is_fit(run.cells) and not self._holds_rows(line, run.lines):
            return Row(run.cells, lines=1 + len(run.lines))
        self._give_back(run.lines)
        if other := self._single(line):
            return Row(other)
        if "\\" in line:
            again = self._run(line, Dialect.BACKSLASH)
            if again.cells is not None and self._is_fit(again.cells) and not self._holds_rows(line, again.lines):
                return Row(again.cells, lines=1 + len(again.lines))
            self._give_back(again.lines)
            if other := self._single(line, (Dialect.STRAY,)):
                return Row(other)
        # Tables with tabs are often written without any quoting.
        if self._mark == "\t" and not self._quoted and (plain := self._literal(line)):
            return Row(plain)
        return self._unclosed(line, run)

    def _run(self, line: str, dialect: Dialect) -> _Run:
        """Take lines until the quote closes, does not fit, or runs on too far."""
        taken: list[str] = []
        size = len(line)
        for raw in self._lines:
            more = raw.decode("utf-8", "surrogateescape")
            taken.append(more)
            size += len(more) + 1
            if size > LONGEST_CELL:
                return _Run(None, taken, "is not closed within 32 million characters")
            if '"' not in more:
                continue
            closed = closes(more.rstrip("\r") if self._end == "\n" else more, self._mark, dialect)
            if closed is Unread.BROKEN:
                return _Run(None, taken, "is not closed where it should be")
            if closed is True:
                text = self._end.join([line + self._tail, *taken]).rstrip("\r")
                cells = rfc(text, self._mark, spaced=self._spaced) if dialect is Dialect.RFC else Unread.BROKEN
                if isinstance(cells, Unread):
                    cells = cells_of(text, self._mark, dialect)
                return _Run(cells if isinstance(cells, list) else None, taken, "is closed among other rows")
        return _Run(None, taken, "is never closed")

    def _unclosed(self, line: str, run: _Run) -> Row:
        """Reject the line, and go on at the next that looks like a row."""
        passed = 0
        for raw in self._lines:
            if self._begins_row(raw.decode("utf-8", "surrogateescape").rstrip("\r")):
                self._lines.take_back([raw])
                break
            passed += 1
        taken = f"{len(run.lines):,} more line{'s' if len(run.lines) != 1 else ''}"
        reason = f"a quote opens in this row and {run.reason}: it would have taken {taken}"
        if passed:
            reason += f", {passed:,} of which {'is no row' if passed == 1 else 'are no rows'}"
        return Row([], reason, 1 + passed)

    def _begins_row(self, line: str) -> bool:
        if self.width == 1:
            return bool(line.strip())
        if '"' not in line:
            cells = line.split(self._mark)
            return len(cells) == self.width and self.shapes.fits(cells)
        whole = rfc(line, self._mark, spaced=self._spaced)
        if not isinstance(whole, list) or not self._is_fit(whole):
            whole = self._single(line) or whole
        if isinstance(whole, list):
            return self._is_fit(whole) and self.shapes.fits(whole)
        before = line.split('"', 1)[0].split(self._mark)[:-1]
        return bool(before) and self.shapes.fits(before)

    def _holds_rows(self, first: str, lines: list[str]) -> bool:
        """Whether the lines that a quote runs over are evidently rows: from the first that is one nearly all are."""
        if self.width is None or self.width == 1:
            return False
        like = first.split('"', 1)[0].split(self._mark)[:-1]
        sound = [self._is_row(line, like) for line in lines if line.strip()]
        if True not in sound:
            return False
        tail = sound[sound.index(True) :]
        return sum(tail) >= 0.8 * len(tail)

    def _is_row(self, line: str, like: list[str]) -> bool:
        if line.count(self._mark) + 1 < (self.width or 0):
            return False
        if '"' in line:
            before = line.split('"', 1)[0].split(self._mark)
            # The cell that is cut by the quote counts where it is the last: the quote that ends a row by accident.
            cells = before if len(before) == self.width else before[:-1]
        else:
            cells = line.split(self._mark)
            if len(cells) != self.width:
                return False
        return bool(cells) and self.shapes.is_row(cells, like)

    def _give_back(self, lines: list[str]) -> None:
        self._lines.take_back([line.encode("utf-8", "surrogateescape") for line in lines])
