"""What the cells of a column look like, so that a line that is a row is told from a line of a text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

LEARN = 300  # rows
NEAR = 1 << 20  # how far the next of rising numbers may be
LEAST = 3  # rows before anything is known
_LONGEST = 48  # characters of a cell that may be an id, a number, a date
_DIGITS = re.compile(r"\d+")
_LETTERS = re.compile(r"[^\W\d_]+")
_HEX = re.compile(r"[0-9a-f]{8,}(-[0-9a-f]+)*|[0-9A-F]{8,}(-[0-9A-F]+)*")


def shape_of(cell: str) -> str:
    """A cell with each run of digits as 9 and each of letters as a: ``2026-01-05`` is ``9-9-9``. Texts have none."""
    cell = cell.strip()
    if len(cell) > _LONGEST:
        return ""
    if _HEX.fullmatch(cell) and not cell.isdecimal() and not cell.isalpha():
        return f"hex {len(cell)}"
    return _LETTERS.sub("a", _DIGITS.sub("9", cell))


class Shapes:
    """Learns from the rows that are read; knows a row again.

    A column is known where nearly all its cells have one of few shapes; strongly so where that is more than a bare
    number or word, or where its numbers rise from row to row.
    """

    def __init__(self, columns: int) -> None:
        self._seen: list[Counter[str]] = [Counter() for _ in range(columns)]
        self._highest: list[int | None] = [None] * columns
        self._rises = [True] * columns
        self._rows = 0
        self._known: dict[int, set[str]] = {}
        self.last: Sequence[str] = ()  # the last sound row

    @property
    def is_learning(self) -> bool:
        return self._rows < LEARN

    def learn(self, cells: Sequence[str]) -> None:
        self._rows += 1
        self.last = cells
        for place, cell in enumerate(cells):
            shape = shape_of(cell)
            self._seen[place][shape] += bool(cell.strip())
            if (number := _number(cell)) is not None:
                last = self._highest[place]
                self._rises[place] = self._rises[place] and (last is None or number - last > 0)
                self._highest[place] = number
        self._known = {}

    def fits(self, cells: Sequence[str]) -> bool:
        """Whether the cells look like those before: most of the columns that are known, empty ones left out."""
        checked = [shape_of(cells[place]) in known for place, known in self._columns(cells) if cells[place].strip()]
        return not checked or sum(checked) * 2 > len(checked)

    def is_row(self, cells: Sequence[str], like: Sequence[str] = ()) -> bool:
        """Whether the cells are surely those of a row: all known columns fit, and one of them strongly.

        ``like`` are the first cells of the row before it, which stand in while too few rows have been read.
        """
        if self._rows < LEAST:
            return _is_alike(cells, like)
        strong = False
        for place, known in self._columns(cells):
            shape = shape_of(cells[place])
            if not cells[place].strip():
                continue
            if shape not in known:
                return False
            before = like[place] if place < len(like) else self.last[place] if place < len(self.last) else ""
            strong = strong or shape not in ("9", "a") or (self._rises[place] and _is_next(before, cells[place]))
        return strong

    def _columns(self, cells: Sequence[str]) -> list[tuple[int, set[str]]]:
        if not self._known and self._rows >= LEAST:
            for place, seen in enumerate(self._seen):
                total, common = seen.total(), seen.most_common(4)
                shapes = {shape for shape, count in common if shape and " a " not in shape and count * 50 > total}
                if total >= LEAST and sum(seen[shape] for shape in shapes) >= 0.95 * total:
                    self._known[place] = shapes
        return [(place, known) for place, known in self._known.items() if place < len(cells)]


def _number(cell: str) -> int | None:
    cell = cell.strip()
    return int(cell) if len(cell) < 19 and cell.isascii() and cell.isdecimal() else None


def _is_next(before: str, cell: str) -> bool:
    """Whether a number is above the one before, and not far."""
    last, number = _number(before), _number(cell)
    return last is not None and number is not None and 0 < number - last <= NEAR


def _is_alike(cells: Sequence[str], like: Sequence[str]) -> bool:
    pairs = [(shape_of(a), shape_of(b)) for a, b in zip(cells, like, strict=False) if a.strip() and b.strip()]
    return bool(pairs) and all(a == b for a, b in pairs) and any(a not in ("", "9", "a") for a, _ in pairs)
