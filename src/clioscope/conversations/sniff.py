"""The format of a file, recognised from its first records, and the reason."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from typing import Any, NamedTuple

from clioscope.conversations.clean import clean_text
from clioscope.conversations.fields.columns import normal
from clioscope.conversations.formats import Context, Format, all_formats
from clioscope.conversations.messages.content import kind
from clioscope.conversations.records.files import InputFile
from clioscope.conversations.records.reading import read_records
from clioscope.conversations.records.record import Record
from clioscope.errors import InputError

PEEK = 20  # records looked at to tell the format


class Recognised(NamedTuple):
    """The format of a file, why it is this one, and whether the user named it."""

    format: Format
    why: str
    named: bool


def recognise(
    file: InputFile,
    named: Format | None,
    context: Context,
    encoding: str | None,
    on_note: Callable[[str], None],
) -> Recognised:
    """The format that was named, or the one that fits the first records. Formats are listed from the most particular
    on, so the first one counts that fits at least half as many records as any other.

    Raises InputError where no format fits, or the format cannot be read from this file.
    """
    try:
        first = list(read_records(file, limit=PEEK, encoding=encoding, on_note=on_note))
    except OSError as error:
        raise InputError(f"{file.name}: the file cannot be read ({error.strerror or error}).") from error
    values = [record.value for record in first if record.error is None]
    format = named or _likest(values)
    if format is None:
        raise InputError(f"{file.name}: {_why_none(first)}")
    if format.prepare is not None:
        format.prepare(values, context, file.name)
    why = "as named" if named is not None else format.about
    if format.name == "text" and context.text_column is not None:
        why = f"one text per row, in the column {context.text_column!r}"
    return Recognised(format, why, named is not None)


def _likest(values: list[Any]) -> Format | None:
    counts = {name: sum(map(format.matches, values)) for name, format in all_formats().items()}
    most = max(counts.values(), default=0)
    if not most:
        return None
    return all_formats()[next(name for name, count in counts.items() if count * 2 >= most)]


def _why_none(first: list[Record]) -> str:
    """Why no format fits: what the first records look like, and which formats there are."""
    readable = next((record for record in first if record.error is None), None)
    if readable is None:
        reason = f"line {first[0].line}: {first[0].error}" if first else "it holds no records"
        return f"no readable record ({reason})."
    value: Any = readable.value
    shape = f"is {kind(value)}"
    near = ""
    if isinstance(value, dict):
        keys = [clean_text(str(key))[:40] for key in list(value)[:12]]
        shape = f"has the fields {', '.join(keys)}{', …' if len(value) > 12 else ''}"
        near = _nearest(value)
        if hint := (_wrapped(value) if len(first) == 1 else "") or _titled(value):
            return f"no known format: the first record {shape}; {hint}."
    return (
        f"no known format: the first record {shape}{near}; name the column that holds the text with --text-column, "
        f"or choose a format with --format ({', '.join(all_formats())})."
    )


def _wrapped(record: dict[str, Any]) -> str:
    """What to do where the records lie one level down in one object; empty where they do not."""
    for name, value in record.items():
        if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
            shown = clean_text(str(name))[:40]
            return (
                f"the field {shown!r} holds a list of {len(value):,}: write that list to a file (jq '.[\"{shown}\"]')"
            )
    if len(record) > 1 and all(isinstance(value, dict) for value in record.values()):
        return f"it holds {len(record):,} objects by their names: write them to a file as a list (jq '[.[]]')"
    return ""


def _titled(record: dict[str, Any]) -> str:
    """What to do where the first line of a table is no header but a title; empty where it is not."""
    if sum(str(name).startswith("column ") for name in record) * 2 > len(record) > 1:
        return "the first line seems to be a title: remove the lines above the header"
    return ""


def _nearest(record: dict[str, Any]) -> str:
    """The format whose fields are most like those of the record; empty where none is near."""
    keys = [normal(str(key)) for key in record]
    best, score = None, 0.0
    for format in all_formats().values():
        wanted = [normal(name) for name in format.fields if name != "id"]
        if not wanted:
            continue
        shared = sum(bool(get_close_matches(name, keys, 1, 0.85)) for name in wanted) / len(wanted)
        if shared > score:
            best, score = format, shared
    if best is None:
        return ""
    return f" (the nearest format is {best.name}, which has {', '.join(best.fields)})"
