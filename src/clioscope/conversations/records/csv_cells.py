"""One row of CSV as cells: by RFC 4180, with backslashes before quotes, with quotes that nobody escaped."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

LONGEST_CELL = 1 << 25  # characters; a quote that is never closed would swallow the whole file
NO_DELIMITER = "\x1f"  # for a table of one column


class Dialect(Enum):
    """How quotes within quotes are written: ``""``, ``\\"``, or as they are."""

    RFC = "rfc"
    BACKSLASH = "backslash"
    STRAY = "stray"


class Unread(Enum):
    """Why a text is no row: it ends within quotes, or its quotes do not fit."""

    OPEN = "open"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class _Patterns:
    quoted: re.Pattern[str]  # what is between quotes, and the closing one
    begin: re.Pattern[str]  # the opening quote
    plain: re.Pattern[str]  # a cell without quotes
    after: re.Pattern[str]  # what stands between the closing quote and the next cell


@lru_cache(maxsize=64)
def _patterns(dialect: Dialect, delimiter: str) -> _Patterns:
    mark = re.escape(delimiter)
    # Possessive, so that what has been taken for a pair of quotes is not tried in other ways.
    inner = {
        Dialect.RFC: r'(?:[^"]|"")*+',
        Dialect.BACKSLASH: r'(?:\\.|\\$|""|[^"\\])*+',
        Dialect.STRAY: rf'(?:""|[^"]|"(?![ ]*(?:{mark}|$)))*+',
    }[dialect]
    plain = rf"(?:\\.|[^\\{mark}])*+" if dialect is Dialect.BACKSLASH else rf"[^{mark}]*+"
    return _Patterns(
        re.compile(rf'({inner})"', re.DOTALL),
        re.compile(r' *"'),
        re.compile(plain, re.DOTALL),
        re.compile(rf" *(?:({mark})|$)"),
    )


def rfc(text: str, delimiter: str, *, spaced: bool = False) -> list[str] | Unread:
    """The cells by RFC 4180; ``spaced`` passes over spaces behind delimiters."""
    try:
        rows = list(csv.reader([text], delimiter=delimiter, strict=True, skipinitialspace=spaced))
    except csv.Error as error:
        return Unread.OPEN if "end of data" in str(error) else Unread.BROKEN
    return rows[0] if len(rows) == 1 else Unread.BROKEN


def cells_of(text: str, delimiter: str, dialect: Dialect) -> list[str] | Unread:
    """The cells of a text, of one or several lines, that is one row."""
    patterns = _patterns(dialect, delimiter)
    cells: list[str] = []
    place = 0
    while True:
        begin = patterns.begin.match(text, place)
        if begin is None:
            plain = patterns.plain.match(text, place)
            end = plain.end() if plain else place
            cells.append(_unescaped(text[place:end], dialect, quoted=False))
            if end >= len(text):
                return cells
            place = end + 1
            continue
        inner = patterns.quoted.match(text, begin.end())
        if inner is None:
            return Unread.OPEN
        after = patterns.after.match(text, inner.end())
        if after is None:
            return Unread.BROKEN
        cells.append(_unescaped(inner[1], dialect, quoted=True))
        if after[1] is None:
            return cells
        place = after.end()


def closes(line: str, delimiter: str, dialect: Dialect) -> bool | Unread:
    """Whether a line that begins within quotes ends outside of them; OPEN if not, BROKEN if they do not fit."""
    patterns = _patterns(dialect, delimiter)
    inner = patterns.quoted.match(line)
    if inner is None:
        return Unread.OPEN
    after = patterns.after.match(line, inner.end())
    if after is None:
        return Unread.BROKEN
    if after[1] is None:
        return True
    rest = cells_of(line[after.end() :], delimiter, dialect)
    return rest if isinstance(rest, Unread) else True


def _unescaped(cell: str, dialect: Dialect, *, quoted: bool) -> str:
    if dialect is Dialect.BACKSLASH and "\\" in cell:
        return re.sub(r'\\(["\\\n,;|\t])|""', lambda match: match[1] or '"', cell)
    return cell.replace('""', '"') if quoted else cell
