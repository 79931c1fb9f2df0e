"""Tables of messages, one per row: JSONL, CSV or Parquet with a conversation id, a role and a text."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from clioscope.conversations.build import ABANDONED, conversation_of, object_of
from clioscope.conversations.conversation import Conversation
from clioscope.conversations.fields.columns import normal, plain_id
from clioscope.conversations.fields.dates import parse_date
from clioscope.conversations.formats import Context, source
from clioscope.conversations.messages.cells import cell
from clioscope.conversations.messages.content import NoConversation, RecordError
from clioscope.conversations.messages.tree import last_branch
from clioscope.conversations.messages.turns import Turns, read_message
from clioscope.conversations.sources.parts.message_row import (
    ID_NAMES,
    POSITION_NAMES,
    ROLE_NAMES,
    TEXT_NAMES,
    TIME_NAMES,
    name_of,
    role_name,
    row_of,
)
from clioscope.errors import InputError


def matches(record: Any) -> bool:
    """A row with a known role and a text that is no list of messages."""
    row = row_of(record)
    role, text = name_of(row, ROLE_NAMES), name_of(row, TEXT_NAMES)
    return (
        role is not None
        and text is not None
        and isinstance(row[role], str)
        and role_name(row[role]) is not None
        and "messages" not in row
    )


def prepare(first: Sequence[Any], context: Context, name: str) -> None:
    """Refuse a file whose rows do not say which conversation they belong to. Raises InputError."""
    rows = [row_of(record) for record in first if matches(record)]
    if any(str(row[str(name_of(row, ROLE_NAMES))]).strip().lower() == "contact" for row in rows):
        context.memory["contacts"] = True  # Chatwoot and the like: beside contacts a "user" is one of the staff
    if context.columns.named["id"] is not None or any(name_of(row, ID_NAMES) for row in rows):
        return
    if _shared_id(rows) is not None:
        context.columns.named["id"] = _shared_id(rows)
        return
    fields = ", ".join(str(key)[:40] for key in (rows[0] if rows else {}))
    raise InputError(
        f"{name}: each row is one message (the fields are {fields}), and no field says which conversation it belongs "
        "to; name that field with --id-column, or read every row as a text of its own with --text-column."
    )


def thread(record: Any, context: Context) -> str:
    """The id of the conversation that a row belongs to. Raises RecordError where it has none."""
    row = row_of(record)
    if name_of(row, ROLE_NAMES) is None or name_of(row, TEXT_NAMES) is None:
        raise NoConversation("rows that hold no message (no role or no text field)")
    named = context.columns.named["id"]
    if named is not None:
        value = context.columns.of(row).id_value
    else:
        id_name = name_of(row, ID_NAMES)
        value = None if id_name is None else row[id_name]
    try:
        conversation_id = plain_id(value)
    except ValueError:
        conversation_id = None
    if conversation_id is None:
        raise RecordError("the message has no conversation id")
    return conversation_id


@source(
    "message_table",
    about="one message per row, put together by the conversation's id",
    matches=matches,
    fields=("conversation_id", "role", "content"),
    thread=thread,
    prepare=prepare,
)
def parse(record: Any, context: Context) -> Conversation:
    """The messages of one conversation in the order of their times or positions, or else in the order of the rows.

    Rows that name their parents are a tree, of which the newest branch is taken. Id, user, date and metadata are those
    of the user's first message.
    """
    rows = [row_of(row) for row in record]
    ordered = _ordered(rows, context)
    chosen = last_branch(ordered)
    if len(chosen) < len(rows):
        context.leave_out(ABANDONED, len(rows) - len(chosen))
    turns = Turns()
    turns.leave(ordered, chosen)
    turns.abandoned = 0  # counted here already
    quoted = all(_is_quoted(row.get(str(name_of(row, TEXT_NAMES)))) for row in chosen)
    for place, row in enumerate(chosen):
        text = str(name_of(row, TEXT_NAMES))
        message = {**row, "role": _said_by(row, context), "content": cell(row[text]) if text == "parts" else row[text]}
        if normal(text) == "parts" or _is_parts(row[text]):
            message["content"] = cell(row[text])
        elif quoted:
            message["content"] = json.loads(row[text])
        read_message(message, f"message {place + 1}", turns)
    first = object_of(next((row for row in chosen if _said_by(row, context) == "user"), chosen[0]))
    skip = {name_of(first, names) for names in (ROLE_NAMES, TEXT_NAMES, ID_NAMES, POSITION_NAMES)}
    return conversation_of(
        first,
        turns,
        context,
        skip=[name for name in skip if name],
        source_id=thread(first, context),
        place=f"column {name_of(first, ID_NAMES)!r}",
    )


def _said_by(row: Mapping[str, Any], context: Context) -> Any:
    """The role of a row. An unknown name stays as it is."""
    value = row[str(name_of(row, ROLE_NAMES))]
    if context.memory.get("contacts") and str(value).strip().lower() == "user":
        return "assistant"
    return role_name(value) or value


def _is_quoted(value: object) -> bool:
    """Whether a cell holds one text as JSON, in quotes (a column of the type JSON)."""
    if not isinstance(value, str) or len(value) < 2 or not value.startswith('"') or not value.endswith('"'):
        return False
    try:
        return isinstance(json.loads(value), str)
    except ValueError:
        return False


def _shared_id(rows: Sequence[Mapping[str, Any]]) -> str | None:
    """A column called id whose values several rows share, so that it is the id of the conversation."""
    for name in ("id", "uuid", "key"):
        column = name_of(rows[0], (name,)) if rows else None
        if column is not None:
            counts = Counter(str(row.get(column)) for row in rows)
            if max(counts.values()) > 1 and counts.get("None", 0) == 0:
                return column
    return None


def _is_parts(value: Any) -> bool:
    """Whether a cell holds message parts as JSON text."""
    decoded = cell(value)
    return (
        decoded is not value
        and isinstance(decoded, list)
        and bool(decoded)
        and all(isinstance(part, dict) and "type" in part for part in decoded)
    )


def _ordered(rows: list[dict[str, Any]], context: Context) -> list[dict[str, Any]]:
    """The rows by position where every row has one, or else by time, or else as they are. The sort is stable."""
    positions = [_number(row) for row in rows]
    if all(position is not None for position in positions) and len(set(positions)) > 1:
        return [row for _, row in sorted(zip(positions, rows, strict=True), key=lambda pair: pair[0])]  # type: ignore[arg-type, return-value]
    times = [_time(row, context) for row in rows]
    if all(time is not None for time in times):
        return [row for _, row in sorted(zip(times, rows, strict=True), key=lambda pair: pair[0])]  # type: ignore[arg-type, return-value]
    return rows


def _number(row: Mapping[str, Any]) -> float | None:
    name = name_of(row, POSITION_NAMES)
    try:
        return None if name is None else float(row[name])
    except (TypeError, ValueError):
        return None


def _time(row: Mapping[str, Any], context: Context) -> float | None:
    name = context.columns.named["date"] or name_of(row, TIME_NAMES)
    if name is None or name not in row:
        return None
    try:
        moment = parse_date(row[name], context.order(name))
    except ValueError:
        return None
    return None if moment is None else moment.timestamp()
