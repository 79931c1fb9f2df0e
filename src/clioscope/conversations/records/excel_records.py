"""Sheets of a workbook (.xlsx, .xls, .xlsb, .ods) as records, by calamine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from clioscope.conversations.records.header import unique_names
from clioscope.conversations.records.input_file import InputFile
from clioscope.conversations.records.opening import on_disk
from clioscope.conversations.records.record import Record
from clioscope.errors import InputError


def sheets(file: InputFile) -> list[InputFile]:
    """One InputFile per sheet. Sheets without a header and a row below it are listed as not read.

    Raises InputError where the workbook cannot be read, or the package for it is not installed.
    """
    sheets: list[InputFile] = []
    with on_disk(file) as path:
        book = _open(file, str(path))
        for name in book.sheet_names:
            below = name if file.member is None else f"{file.member}/{name}"
            sheet = replace(file, member=below, listed=True, inside=file.chain, sheet=name)
            sheets.append(sheet if _height(book, name) > 1 else replace(sheet, skipped=_empty(book, name)))
    readable = [sheet for sheet in sheets if sheet.skipped is None]
    if not readable:
        raise InputError(f"{file.name}: the workbook holds no sheet with a header and a row below it.")
    return [replace(sheet, listed=file.listed) for sheet in sheets] if len(sheets) == 1 else sheets


def sheet_records(file: InputFile) -> Iterator[Record]:
    """The rows of a sheet as dicts by its first row that is not empty. Numbers are rows of the sheet.

    Dates come as ``datetime``, whole numbers as ``int``, empty cells as None.
    """
    with on_disk(file) as path:
        sheet = _open(file, str(path)).get_sheet_by_name(file.sheet)
        names: list[str] | None = None
        first = (sheet.start or (0, 0))[0] + 1
        for number, row in enumerate(sheet.iter_rows(), first):
            cells = [_cell(value) for value in row]
            if all(cell is None for cell in cells):
                continue
            if names is None:
                names = unique_names(["" if cell is None else str(cell) for cell in cells])
            else:
                yield Record(number, dict(zip(names, cells, strict=False)))


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return value if value.strip() else None
    if isinstance(value, float) and value.is_integer() and abs(value) < 1 << 53:
        return int(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day)
    if isinstance(value, time | timedelta):
        return str(value)
    return value


def _open(file: InputFile, path: str) -> Any:
    try:
        from python_calamine import CalamineError, CalamineWorkbook
    except ImportError as error:
        raise InputError(
            f"{file.name}: to read a workbook install the extra 'excel' (pip install 'clioscope[excel]'), "
            "or save the sheet as CSV (UTF-8)."
        ) from error
    try:
        return CalamineWorkbook.from_path(path)
    except (CalamineError, OSError, ValueError) as error:
        reason = (str(error).strip() or "it is damaged").splitlines()[0][:120]
        raise InputError(
            f"{file.name}: the workbook cannot be read ({reason}); save the sheet as CSV (UTF-8)."
        ) from error


def _height(book: Any, name: str) -> int:
    """How many rows of a sheet hold anything, two at most."""
    filled = 0
    try:
        for row in book.get_sheet_by_name(name).iter_rows():
            filled += any(_cell(value) is not None for value in row)
            if filled > 1:
                break
    except Exception:  # charts and macros are no tables
        return -1
    return filled


def _empty(book: Any, name: str) -> str:
    height = _height(book, name)
    return (
        "the sheet is no table" if height < 0 else "the sheet is empty" if not height else "the sheet has only a header"
    )
