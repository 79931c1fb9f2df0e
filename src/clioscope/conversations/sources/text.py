"""One text per row (tickets, reviews, survey answers): CSV, TSV, Parquet or JSONL with a text column."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from clioscope.conversations.build import conversation_of, object_of
from clioscope.conversations.conversation import Conversation
from clioscope.conversations.fields.columns import normal
from clioscope.conversations.formats import Context, source
from clioscope.conversations.messages.cells import cell, find_messages, is_cut_off
from clioscope.conversations.messages.content import ROLES, NoConversation, RecordError, kind, names_of
from clioscope.conversations.messages.turns import read_messages
from clioscope.conversations.sources.gemini_takeout import is_activity
from clioscope.conversations.sources.parts.exchanges import exchanges, labelled
from clioscope.conversations.sources.parts.message_row import ID_NAMES
from clioscope.errors import InputError

COLUMNS = ("text", "content", "body", "review", "message")
# Names that help desks use, and others too: taken where a value of several words stands under them.
OTHERS = ("description", "prompt", "utterance", "текстобращения", "текст", "сообщение", "описание", "обращение")
SIDES = ("role", "messagerole", "authorrole", "authortype", "sendertype", "speakertype")
_OPENS = ("[", "{", '"', "a")  # what JSON of a list or an object begins with, put into a text once more or as an array


def choose_column(columns: Iterable[str], wanted: str | None, path: str) -> str:
    """The column that holds the text. Raises InputError that lists the columns there are."""
    names = list(columns)
    if wanted is not None and wanted in names:
        return wanted
    listed = ", ".join(name[:60] for name in names[:20]) + (", …" if len(names) > 20 else "")
    if wanted is not None:
        alike = next((name for name in names if normal(name) == normal(wanted)), None)
        if alike is not None:
            return alike
        raise InputError(f"{path}: there is no column {wanted!r}; the columns are {listed}.")
    by_normal = {normal(name): name for name in reversed(names)}
    for usual in (*COLUMNS, *OTHERS):
        if usual in by_normal:
            return by_normal[usual]
    raise InputError(
        f"{path}: no column is called {', '.join(COLUMNS[:-1])} or {COLUMNS[-1]}; "
        f"name the one that holds the text with --text-column (the columns are {listed})."
    )


def matches(record: Any) -> bool:
    return isinstance(record, dict) and any(
        isinstance(value, str)
        and isinstance(name, str)
        and (normal(name) in COLUMNS or (normal(name) in OTHERS and " " in value.strip()))
        for name, value in record.items()
    )


def prepare(first: Sequence[Any], context: Context, name: str) -> None:
    """Choose the text column from the first rows. Raises InputError where there is none."""
    columns = dict.fromkeys(str(column) for row in first if isinstance(row, dict) for column in row)
    if not columns:
        raise InputError(f"{name}: no row can be read, so there is no column to take the text from.")
    asked = context.text_column is not None
    context.text_column = choose_column(columns, context.text_column, name)
    if context.text_column == "title" and any(map(is_activity, first)):
        raise InputError(
            f"{name}: these are activities of Gemini Apps, whose titles begin with words of Google (Prompted …); leave "
            "--text-column out, and the prompts and answers are read."
        )
    if not asked and (column := _unknown_sides(first)) is not None:
        raise InputError(
            f"{name}: several rows share a conversation, and the column {column!r} does not say who wrote each row; "
            "put user, assistant, system or tool into it (the nearest format is message_table, which has "
            "conversation_id, role and content), or name the text with --text-column if users wrote all of it."
        )
    cells = [value for row in first if isinstance(row, dict) and (value := row.get(context.text_column))]
    strange = [value for value in map(cell, cells) if isinstance(value, list | dict) and _held(value) is None]
    if len(strange) * 2 > len(cells):
        keys = f" with the fields {names_of(strange[0])}" if isinstance(strange[0], dict) else ""
        raise InputError(
            f"{name}: the column {context.text_column!r} holds JSON{keys} that is no list of messages, so nothing says "
            "what the user wrote (the nearest format is openai, which has messages of role and content); put the "
            "user's words into a column of their own."
        )


def _unknown_sides(first: Sequence[Any]) -> str | None:
    """The column of roles, where several rows belong to one conversation and its values are unknown; else None."""
    rows = [row for row in first if isinstance(row, dict)]
    names = {normal(str(name)): name for row in rows for name in row}
    column = next((names[name] for name in (*SIDES, "fromme", "isfromme") if name in names), None)
    shared = next((names[name] for name in ID_NAMES if name in names), None)
    if column is None or shared is None:
        return None
    talks = [row.get(shared) for row in rows]
    return (
        str(column)
        if len(set(map(str, talks))) < len(talks) and len({str(row.get(column)) for row in rows}) > 1
        else None
    )


def _not_theirs(record: dict[str, Any]) -> str | None:
    """The role of a row that the user did not write, by its column of roles; else None."""
    for name, value in record.items():
        if normal(str(name)) in SIDES and isinstance(value, str):
            role = ROLES.get(value.strip().lower())
            return role if role != "user" else None
    return None


def _held(value: Any) -> list[Any] | str | None:
    """The messages in a cell, or the text of an object with one text; None for other JSON."""
    decoded = cell(value)
    messages = find_messages(decoded)
    if messages is not None:
        return messages
    if isinstance(decoded, dict):
        words = next((decoded[name] for name in COLUMNS if isinstance(decoded.get(name), str) and decoded[name]), None)
        return words or exchanges([decoded])
    return exchanges(decoded) if isinstance(decoded, list) and decoded and isinstance(decoded[0], dict) else None


@source(
    "text",
    about="a table (CSV, TSV, Parquet, JSONL, Excel) with one text per row",
    matches=matches,
    fields=("text",),
    prepare=prepare,
)
def parse(record: Any, context: Context) -> Conversation:
    """One message of the user per row. A cell may also hold a conversation: a list of messages, or a text that begins
    with the name of a speaker and names both sides (``Human: … Assistant: …``).

    The names of the columns tell id, user and date; other columns are metadata.
    """
    record = object_of(record)
    column = context.text_column or choose_column(record, None, "record")
    if (role := _not_theirs(record)) is not None:
        raise NoConversation(f"rows of the role {role}")
    value = record.get(column)
    held = _held(value) if not isinstance(value, str) or value.lstrip()[:1] in _OPENS else None
    if isinstance(held, list):
        return conversation_of(record, read_messages(held, column), context, skip=(column,))
    value = held or value
    if value is not None and not isinstance(value, str):
        raise RecordError(f"{column}: expected text, found {kind(value)}")
    if not value or not value.strip():
        raise RecordError(f"{column}: empty")
    if is_cut_off(value):
        raise RecordError(f"{column}: the list of messages is damaged or cut off")
    return conversation_of(record, labelled(value) or [("user", value)], context, skip=(column,))
