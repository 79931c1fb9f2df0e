"""Conversations from files: what format a file has, and its records one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from pathlib import Path
from typing import Any

from clioscope.conversations.clean import clean_text
from clioscope.conversations.content import RecordError, kind
from clioscope.conversations.conversation import Conversation, Rejected
from clioscope.conversations.files import InputFile, Meter, list_inputs
from clioscope.conversations.formats import Context, Format, all_formats, get_format
from clioscope.conversations.record import Record
from clioscope.conversations.records import read_records
from clioscope.errors import ClioscopeError, InputError, SettingsError

PEEK = 20  # records looked at to tell the format


def read_conversations(
    path: str | Path, *, format: str | None = None, text_column: str | None = None
) -> Iterator[Conversation | Rejected]:
    """Stream the conversations of a file, a zip or a folder; memory does not grow with it.

    The format is told from the content unless named; ``text_column`` names the column that holds the text of
    a table (format ``text``). Records that cannot be used come as Rejected, with their place and reason; so do
    fields of a record that is used without them, before it.
    Raises InputError for a file that cannot be read at all, SettingsError for an unknown format.
    """
    return read_many([path], format=format, text_column=text_column)


def read_many(
    paths: Iterable[str | Path],
    *,
    format: str | None = None,
    text_column: str | None = None,
    meter: Meter | None = None,
) -> Iterator[Conversation | Rejected]:
    """Stream the conversations of several files, folders or zips, one after the other.

    As ``read_conversations``; each file's format is told by itself. A file that was found in a folder or zip
    and fits no format is one Rejected; one that was named is an InputError. ``meter`` follows the progress.
    """
    if text_column is not None and format not in (None, "text"):
        raise SettingsError(f"A text column goes with the format text, not with {format}.")
    name = "text" if text_column is not None else format
    named = None if name is None else get_format(name)
    files = list_inputs(paths)
    if meter is not None:
        meter.total = sum(file.path.stat().st_size for file in {file.path: file for file in files}.values())
    return _read_all(files, named, text_column, meter)


def fits(path: str | Path, *, format: str | None, text_column: str | None) -> bool:
    """Whether one of the first records of a file can be read as this format, with this text column."""
    try:
        first = islice(read_many([path], format=format, text_column=text_column), PEEK)
        return any(isinstance(one, Conversation) for one in first)
    except ClioscopeError:
        return False


def sniff_format(path: str | Path) -> str:
    """The name of the format that a file (or the first file of a folder or zip) has, by its content.

    Raises InputError that says what was found, if no format fits.
    """
    return _sniff(next(file for file in list_inputs([path]) if file.skipped is None)).name


def _read_all(
    files: list[InputFile], named: Format | None, text_column: str | None, meter: Meter | None
) -> Iterator[Conversation | Rejected]:
    for path, members in groupby(files, key=lambda file: file.path):
        for file in members:
            yield from _read_file(file, named, text_column, meter)
        if meter is not None:
            meter.finished += path.stat().st_size
            meter.position = lambda: 0


def _read_file(
    file: InputFile, named: Format | None, text_column: str | None, meter: Meter | None
) -> Iterator[Conversation | Rejected]:
    if file.skipped is not None:
        yield Rejected(file.name, 1, clean_text(file.skipped), "file")
        return
    try:
        chosen = named or _sniff(file)
        context = Context(_text_column(file, text_column) if chosen.name == "text" else None, file.account)
    except InputError as error:
        if not file.listed:
            raise
        yield Rejected(file.name, 1, str(error).removeprefix(f"{file.name}: "))
        return
    for record in read_records(file, ignore=chosen.ignore, meter=meter):
        yield from _parse(record, chosen, context, file.name)


def _parse(record: Record, chosen: Format, context: Context, name: str) -> Iterator[Conversation | Rejected]:
    if record.error is not None:
        yield Rejected(name, record.line, clean_text(record.error))
        return
    try:
        found = chosen.parse(record.value, context)
    except RecordError as error:
        yield Rejected(name, record.line, clean_text(str(error)))
        return
    if found.flaws:
        yield Rejected(name, record.line, clean_text("; ".join(found.flaws)), "field")
    yield found


def _sniff(file: InputFile) -> Format:
    """The first format that a record among the first few looks like."""
    try:
        first = list(read_records(file, limit=PEEK))
    except OSError as error:
        raise InputError(f"{file.name}: cannot be read ({error.strerror or error}).") from error
    for record in first:
        for one in all_formats().values():
            if record.error is None and one.matches(record.value):
                return one
    raise InputError(f"{file.name}: {_found(first)}")


def _found(first: list[Record]) -> str:
    """Why no format fits: what the first records look like, and what there is to choose from."""
    readable = next((record for record in first if record.error is None), None)
    if readable is None:
        reason = f"line {first[0].line}: {first[0].error}" if first else "it holds no records"
        return f"no readable record ({reason})."
    value: Any = readable.value
    shape = kind(value)
    if isinstance(value, dict):
        keys = [clean_text(str(key))[:40] for key in list(value)[:8]]
        shape = f"has the fields {', '.join(keys)}{', …' if len(value) > 8 else ''}"
    else:
        shape = f"is {shape}"
    return (
        f"no known format: the first record {shape}; choose one with --format ({', '.join(all_formats())}), "
        "or name the column that holds the text with --text-column."
    )


def _text_column(file: InputFile, wanted: str | None) -> str:
    """The text column, checked against the columns of the first records."""
    from clioscope.conversations.sources.text import choose_column

    columns: dict[str, None] = {}
    for record in read_records(file, limit=PEEK):
        if isinstance(record.value, dict):
            columns |= dict.fromkeys(str(name) for name in record.value)
    if not columns:
        raise InputError(f"{file.name}: no readable row, so no column to take the text from.")
    return choose_column(columns, wanted, file.name)
