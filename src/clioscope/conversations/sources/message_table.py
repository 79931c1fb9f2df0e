"""Tables of messages, one per row: JSONL, CSV or Parquet with a conversation id, a role and a text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from clioscope.conversations.build import ABANDONED, conversation_of, object_of
from clioscope.conversations.conversation import Conversation
from clioscope.conversations.fields.columns import normal, plain_id
from clioscope.conversations.fields.dates import parse_date
from clioscope.conversations.formats import Context, source
from clioscope.conversations.messages.cells import cell
from clioscope.conversations.messages.content import ROLES, NoConversation, RecordError
from clioscope.conversations.messages.tree import last_branch
from clioscope.conversations.messages.turns import Turns, read_message
from clioscope.errors import InputError

_ROLES = (
    "role",
    "sender",
    "sendertype",
    "authortype",
    "authorrole",
    "from",
    "speaker",
    "author",
    "messagerole",
    "direction",
    "messagedirection",
    *map(normal, ("роль", "отправитель")),
    "type",
)
_TEXTS: tuple[str, ...]
_TEXTS = ("content", "text", "message", "body", "value", "parts", "messagetext", "messagecontent", "utterance", "msg")
_TEXTS += (normal("текст"), normal("сообщение"))
# Columns that say yes or no: whether the other side speaks, or whether the user does.
_OTHERS = ("isagent", "fromagent", "isbot", "frombot", "isassistant", "isoperator", "isstaffreply")
_USERS = ("isuser", "fromuser", "isfromuser", "fromcustomer", "isfromcustomer", "isincoming", "isinbound")
_YES = frozenset(("1", "1.0", "true", "t", "yes", "y"))
_NO = frozenset(("0", "0.0", "false", "f", "no", "n"))
_IDS = (
    *("conversationid", "convid", "chatid", "threadid", "sessionid", "dialogid", "dialogueid", "messagetreeid"),
    *("conversation", "conversationuuid", "ticketid", "caseid", "caseno", "casenumber", "roomid", "chat", "dialog"),
    *("traceid", "runid", "contextid", "interactionid", "channelid", "issueid", "requestid"),
    *map(normal, ("id_диалога", "id_чата", "id_беседы", "id_обращения")),
)
_POSITIONS = ("position", "index", "messageindex", "turn", "turnid", "turnindex", "order", "seq", "sequence", "step")
_TIMES = (
    "createdat",
    "timestamp",
    "time",
    "createdate",
    "createddate",
    "createtime",
    "sentat",
    "date",
    "ts",
    "datetime",
)


def matches(record: Any) -> bool:
    """A row whose role is one that is known, beside a text that is no list of messages."""
    row = _row(record)
    role, text = _name(row, _ROLES), _name(row, _TEXTS)
    return (
        role is not None
        and text is not None
        and isinstance(row[role], str)
        and row[role].strip().lower() in ROLES
        and "messages" not in row
    )


def prepare(first: Sequence[Any], context: Context, name: str) -> None:
    """Refuse a file whose rows do not say which conversation they belong to. Raises InputError."""
    rows = [_row(record) for record in first if matches(record)]
    if context.columns.named["id"] is not None or any(_name(row, _IDS) for row in rows):
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
    row = _row(record)
    if _name(row, _ROLES) is None or _name(row, _TEXTS) is None:
        raise NoConversation("rows that hold no message (no role or no text field)")
    named = context.columns.named["id"]
    if named is not None:
        value = context.columns.of(row).id_value
    else:
        id_name = _name(row, _IDS)
        value = None if id_name is None else row[id_name]
    try:
        found = plain_id(value)
    except ValueError:
        found = None
    if found is None:
        raise RecordError("the message has no conversation id")
    return found


@source(
    "message_table",
    about="one message per row, put together by the conversation's id",
    matches=matches,
    fields=("conversation_id", "role", "content"),
    thread=thread,
    prepare=prepare,
)
def parse(record: Any, context: Context) -> Conversation:
    """The messages of one conversation in the order of their times or positions, else as they stand.

    Rows that name their parents are a tree, of which the newest branch is taken. Id, user and date are those of
    the first message of the user; what it holds beside is metadata.
    """
    rows = [_row(one) for one in record]
    chosen = last_branch(_ordered(rows, context))
    if len(chosen) < len(rows):
        context.leave_out(ABANDONED, len(rows) - len(chosen))
    turns = Turns()
    for place, row in enumerate(chosen):
        role, text = str(_name(row, _ROLES)), str(_name(row, _TEXTS))
        message = {**row, "role": row[role], "content": cell(row[text]) if text == "parts" else row[text]}
        if normal(text) == "parts" or _is_parts(row[text]):
            message["content"] = cell(row[text])
        read_message(message, f"message {place + 1}", turns)
    first = object_of(next((row for row in chosen if _is_user(row)), chosen[0]))
    skip = {_name(first, names) for names in (_ROLES, _TEXTS, _IDS, _POSITIONS)}
    return conversation_of(
        first,
        turns,
        context,
        skip=[name for name in skip if name],
        source_id=thread(first, context),
        place=f"column {_name(first, _IDS)!r}",
    )


def _row(record: Any) -> dict[str, Any]:
    """The row itself, or the message that it wraps (``{"type": "message", "message": {...}}``)."""
    if not isinstance(record, dict):
        return {}
    inner = record.get("message")
    if isinstance(inner, dict) and ("role" in inner or "content" in inner):
        return {**record, **inner}
    flag = _name(record, _OTHERS + _USERS)
    if flag is None or _name(record, _ROLES) is not None:
        return record
    said = str(record[flag]).strip().lower()
    if said not in _YES and said not in _NO:
        return record
    return {**record, "role": "user" if (said in _YES) == (normal(flag) in _USERS) else "assistant"}


def _name(row: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    """The column that goes by the first of the names."""
    return _column(tuple(row), names)


@lru_cache(maxsize=4096)
def _column(columns: tuple[str, ...], names: tuple[str, ...]) -> str | None:
    normals = {normal(column): column for column in reversed(columns)}
    return next((normals[name] for name in names if name in normals), None)


def _is_user(row: Mapping[str, Any]) -> bool:
    return ROLES.get(str(row[str(_name(row, _ROLES))]).strip().lower()) == "user"


def _shared_id(rows: Sequence[Mapping[str, Any]]) -> str | None:
    """A column called id whose values several rows share: it is that of the conversation."""
    for name in ("id", "uuid", "key"):
        column = _name(rows[0], (name,)) if rows else None
        if column is not None:
            counts = Counter(str(row.get(column)) for row in rows)
            if max(counts.values()) > 1 and counts.get("None", 0) == 0:
                return column
    return None


def _is_parts(value: Any) -> bool:
    """Whether a cell holds message parts as JSON text."""
    found = cell(value)
    return (
        found is not value
        and isinstance(found, list)
        and bool(found)
        and all(isinstance(part, dict) and "type" in part for part in found)
    )


def _ordered(rows: list[dict[str, Any]], context: Context) -> list[dict[str, Any]]:
    """By position where every row has one, else by time, else as they stand; equal ones as they stand."""
    positions = [_number(row) for row in rows]
    if all(position is not None for position in positions) and len(set(positions)) > 1:
        return [row for _, row in sorted(zip(positions, rows, strict=True), key=lambda pair: pair[0])]  # type: ignore[arg-type, return-value]
    times = [_time(row, context) for row in rows]
    if all(time is not None for time in times):
        return [row for _, row in sorted(zip(times, rows, strict=True), key=lambda pair: pair[0])]  # type: ignore[arg-type, return-value]
    return rows


def _number(row: Mapping[str, Any]) -> float | None:
    name = _name(row, _POSITIONS)
    try:
        return None if name is None else float(row[name])
    except (TypeError, ValueError):
        return None


def _time(row: Mapping[str, Any], context: Context) -> float | None:
    name = context.columns.named["date"] or _name(row, _TIMES)
    if name is None or name not in row:
        return None
    try:
        moment = parse_date(row[name], context.order(name))
    except ValueError:
        return None
    return None if moment is None else moment.timestamp()
