"""How a text table is laid out: its delimiter, its line ends, spaces behind delimiters, a first line ``sep=``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from clioscope.conversations.records.csv_cells import NO_DELIMITER, Dialect, Unread, cells_of

DELIMITERS = "\t,;|"
_SEP = re.compile(r'"?sep=(\\t|.)"?[\s,;]*', re.IGNORECASE)
_LOOK = 40  # lines


@dataclass(frozen=True, slots=True)
class CsvLayout:
    """``skip`` lines stand before the header (``sep=;``); ``end`` is what lines end with, beside a CR."""

    delimiter: str
    end: bytes = b"\n"
    spaced: bool = False
    skip: int = 0


def csv_layout(head: bytes) -> CsvLayout:
    """The layout by the beginning of the file, as UTF-8."""
    text = head.decode("utf-8", "surrogateescape").removeprefix("\ufeff")
    end = "\n" if "\n" in text or "\r" not in text else "\r"
    lines = [line.rstrip("\r") for line in text.split(end, _LOOK + 1)]
    lines = lines[:-1] if len(lines) > _LOOK + 1 else lines
    told = _SEP.fullmatch(lines[0]) if len(lines) > 1 else None
    skip = 1 if told else 0
    rows = [line for line in lines[skip:] if line.strip()]
    delimiter = told[1].replace("\\t", "\t") if told else _delimiter(rows)
    header = rows[0] if rows else ""
    gaps = header.count(delimiter)
    spaced = delimiter not in (" ", NO_DELIMITER) and 0 < gaps == header.count(delimiter + " ")
    return CsvLayout(delimiter, end.encode(), spaced, skip)


def _delimiter(rows: list[str]) -> str:
    """The one that splits the header, and the first rows into as many cells."""
    best, most = NO_DELIMITER, (0.0, 0)
    for mark in DELIMITERS:
        header = cells_of(rows[0], mark, Dialect.RFC) if rows else []
        if isinstance(header, Unread) or len(header) < 2:
            continue
        parsed = [cells_of(row, mark, Dialect.RFC) for row in rows[1:]]
        whole = [cells for cells in parsed if not isinstance(cells, Unread)]
        fits = sum(len(cells) == len(header) for cells in whole) / max(1, len(whole)) if whole else 1.0
        if (score := (round(fits, 1), len(header))) > most:
            best, most = mark, score
    return best
