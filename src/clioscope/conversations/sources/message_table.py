"""Tables of messages, one per row: JSONL, CSV or Parquet with a conversation id, a role and a text."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from clioscope.conversations.build import ABANDONED, conversation_of, object_of
from clioscope.conversations.conversation import Conversation, Role
from clioscope.conversations.fields.columns import normal, plain_id
from clioscope.conversations.fields.dates import parse_date
from clioscope.conversations.formats import Context, source
from clioscope.conversations.messages.cells import cell
from clioscope.conversations.messages.content import ROLES, NoConversation, RecordError
from clioscope.conversations.messages.tree import last_branch
from clioscope.conversations.messages.turns import Turns, read_message, speaks, unwrapped
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
    "speakertype",
    "usertype",
    "participanttype",
    "direction",
    "messagedirection",
    "type",
)
_SIDES: dict[str, Role] = {  # what is a role only in a table of messages
    **dict.fromkeys(("inbound", "incoming", "contact", "requester"), "user"),
    **dict.fromkeys(("outbound", "outgoing", "agentbot", "agent_bot", "staff", "admin"), "assistant"),
}
_FLAGS = {  # yes or no in place of a role: what yes and what no means
    **dict.fromkeys(("isbot", "isassistant", "isai", "isagent", "isstaff", "frombot"), ("assistant", "user")),
    **dict.fromkeys(("isuser", "ishuman", "iscustomer", "iscreatedbyuser"), ("user", "assistant")),
}
_YES, _NO = ("true", "1", "t", "yes", "y", "1.0"), ("false", "0", "f", "no", "n", "0.0")
_WRAPPED = ("message", "data", "content", "payload", "body", "msg", "event", "value")
_TEXTS = ("content", "text", "message", "body", "value", "parts", "messagetext", "messagecontent", "utterance", "msg")
_IDS = (
    *("conversationid", "convid", "chatid", "threadid", "sessionid", "dialogid", "dialogueid", "messagetreeid"),
    *("conversation", "conversationuuid", "ticketid", "caseid", "caseno", "casenumber", "roomid", "chat", "dialog"),
    *("traceid", "runid", "contextid", "interactionid", "channelid", "issueid", "requestid"),
)
_POSITIONS = (
    "position",
    "index",
    "messageindex",
    "turn",
    "turnid",
    "turnindex",
    "order",
    "seq",
    "sequence",
    "step",
    "seqno",
    "seqnum",
    "seqnumber",
    "sequenceno",
    "sequencenumber",
    "messageno",
    "messagenumber",
    "messageorder",
    "messageposition",
    "msgindex",
    "msgno",
    "turnno",
    "turnnumber",
    "orderindex",
    "ordinal",
    "stepindex",
    "idx",
)
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
        and _role_name(row[role]) is not None
        and "messages" not in row
    )


def prepare(first: Sequence[Any], context: Context, name: str) -> None:
    """Refuse a file whose rows do not say which conversation they belong to. Raises InputError."""
    rows = [_row(record) for record in first if matches(record)]
    if any(str(row[str(_name(row, _ROLES))]).strip().lower() == "contact" for row in rows):
        context.memory["contacts"] = True  # Chatwoot and the like: beside contacts a "user" is one of the staff
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
    ordered = _ordered(rows, context)
    chosen = last_branch(ordered)
    if len(chosen) < len(rows):
        context.leave_out(ABANDONED, len(rows) - len(chosen))
    turns = Turns()
    turns.leave(ordered, chosen)
    turns.abandoned = 0  # counted here already
    quoted = all(_is_quoted(row.get(str(_name(row, _TEXTS)))) for row in chosen)
    for place, row in enumerate(chosen):
        text = str(_name(row, _TEXTS))
        message = {**row, "role": _said_by(row, context), "content": cell(row[text]) if text == "parts" else row[text]}
        if normal(text) == "parts" or _is_parts(row[text]):
            message["content"] = cell(row[text])
        elif quoted:
            message["content"] = json.loads(row[text])
        read_message(message, f"message {place + 1}", turns)
    first = object_of(next((row for row in chosen if _said_by(row, context) == "user"), chosen[0]))
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
    role = _name(record, _ROLES)
    if role is not None and _role_name(record[role]) is not None:
        return record
    for column in map(str, record):
        flag = _FLAGS.get(normal(column))
        answer = str(record.get(column)).strip().lower()
        if flag is not None and answer in (*_YES, *_NO) and _name(record, _IDS):
            return {"role": flag[answer in _NO], **record}
    for name in _WRAPPED:  # LangChain's chat histories: a message as JSON in a cell
        held = cell(record[name]) if isinstance(record.get(name), str | dict) else None
        if isinstance(held, dict) and speaks(held):
            return {**{key: value for key, value in record.items() if key != name}, **unwrapped(held)}
    direction = _name(record, ("direction", "messagedirection"))
    if direction is not None and _role_name(record[direction]) is not None:
        return {**record, "role": record[direction]}
    return record


def _role_name(value: object) -> Role | None:
    """The role that a cell names; None for a name that is not known."""
    name = value.strip().lower() if isinstance(value, str) else ""
    return ROLES.get(name) or _SIDES.get(name)


def _said_by(row: Mapping[str, Any], context: Context) -> Any:
    """The role of a row; a name that is not known as it is."""
    value = row[str(_name(row, _ROLES))]
    if context.memory.get("contacts") and str(value).strip().lower() == "user":
        return "assistant"
    return _role_name(value) or value


def _is_quoted(value: object) -> bool:
    """Whether a cell holds one text as JSON, in quotes (a column of the type JSON)."""
    if not isinstance(value, str) or len(value) < 2 or not value.startswith('"') or not value.endswith('"'):
        return False
    try:
        return isinstance(json.loads(value), str)
    except ValueError:
        return False


def _name(row: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    """The column that goes by the first of the names."""
    return _column(tuple(row), names)


@lru_cache(maxsize=4096)
def _column(columns: tuple[str, ...], names: tuple[str, ...]) -> str | None:
    normals = {normal(column): column for column in reversed(columns)}
    return next((normals[name] for name in names if name in normals), None)


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
