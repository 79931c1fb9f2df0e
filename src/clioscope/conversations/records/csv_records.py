"""CSV and TSV as records: rows as dicts by the header."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from typing import IO

from clioscope.conversations.records.csv_cells import LONGEST_CELL
from clioscope.conversations.records.csv_layout import csv_layout
from clioscope.conversations.records.csv_rows import Rows
from clioscope.conversations.records.header import unique_names
from clioscope.conversations.records.record import Record, bad_bytes, sound_record
from clioscope.conversations.records.text_lines import LONGEST, Lines

NULL = "\\N"  # as MySQL writes a cell without a value


def csv_records(stream: IO[bytes], head: bytes, note: Callable[[str], None]) -> Iterator[Record]:
    """Rows as dicts by the header; line numbers are those of a row's first line. Empty rows are passed over.

    ``head`` is the beginning of the text, by which its layout is told. Short rows lack their last columns. A row with
    too many cells, with quotes that do not fit or that repeats the header comes with an error.
    """
    csv.field_size_limit(LONGEST_CELL * 2)
    layout = csv_layout(head)
    lines = Lines(stream, layout.end)
    rows = Rows(lines, layout)
    mark, spaced = layout.delimiter, layout.spaced
    names: list[str] = []
    title: list[str] = []
    shapes = rows.shapes
    for raw in lines:
        number = lines.number
        if number <= layout.skip:
            continue
        try:
            line, is_bad = raw.decode("utf-8"), False
        except UnicodeDecodeError:
            line, is_bad = raw.decode("utf-8", "surrogateescape"), True
        tail = ""
        if line.endswith("\r"):
            line, tail = line.rstrip("\r"), line
        if '"' not in line and not spaced and (cells := line.split(mark)) and len(cells) == len(names):
            lines_taken = 1
        elif '"' in line and (sound := rows.sound(line, tail[len(line) :])):
            cells, lines_taken = sound
        else:
            if len(raw) >= LONGEST:
                yield Record(number, None, "the line is longer than 256 million bytes")
                continue
            cells, error, lines_taken = rows.row(line, tail[len(line) :])
            if error is not None:
                yield Record(number, None, bad_bytes(line) if is_bad else error, lines_taken)
                continue
        if not any(cells) or not any(map(str.strip, cells)):
            continue
        if not names:
            title = [cell.strip() for cell in cells]
            names = unique_names(title)
            _remark(title, names, note)
            rows.begin(len(names))
            shapes = rows.shapes
            continue
        if (is_bad or lines_taken > 1) and (reason := bad_bytes("".join(cells))):
            yield Record(number, None, bad_bytes(line) or reason, lines_taken)
            continue
        if cells[0].strip() == title[0] and [cell.strip() for cell in cells] == title:
            yield Record(number, None, "the header once more (a file was put behind another)", lines_taken)
            continue
        if NULL in line:
            cells = ["" if cell == NULL else cell for cell in cells]
        if len(cells) == len(names):
            if shapes.is_learning:
                shapes.learn(cells)
            else:
                shapes.last = cells
        yield sound_record(number, dict(zip(names, cells, strict=False)), lines_taken)


def _remark(title: list[str], names: list[str], note: Callable[[str], None]) -> None:
    doubles = sorted({name for name in title if name and title.count(name) > 1})
    if doubles:
        new = [name for name, old in zip(names, title, strict=True) if old in doubles]
        note(f"several columns are called {', '.join(doubles)}; they are read as {', '.join(new)}")
