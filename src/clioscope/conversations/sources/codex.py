"""Codex CLI: session files (``~/.codex/sessions/YYYY/MM/DD/rollout-*.jsonl``) and ``history.jsonl``.

Written from the files of versions 0.2 to 0.140 (2025 and 2026): lines of ``{timestamp, type, payload}``, before
September 2025 bare items after a first line of ``{id, timestamp, instructions}``, before that one JSON object.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from clioscope.conversations.build import ABANDONED, conversation_of, object_of
from clioscope.conversations.conversation import Conversation
from clioscope.conversations.formats import Context, source
from clioscope.conversations.messages.content import NoConversation, RecordError, kind
from clioscope.conversations.messages.turns import Turns
from clioscope.conversations.sources.parts.items import read_item
from clioscope.conversations.sources.parts.owner import owner

Line = dict[str, Any]

KNOWN = "lines of the history whose session is there"
REPEATED = "events that repeat a message"
INJECTED = "messages that the program put in as the user's"
SILENT = "sessions in which the user wrote nothing"
SUB_AGENT = "sessions of sub-agents"
_LINES = frozenset(("session_meta", "response_item", "event_msg", "turn_context", "compacted"))
_EVENTS = frozenset(("user_message", "agent_message", "thread_rolled_back"))
_ITEMS = frozenset(("message", "reasoning", "function_call", "function_call_output", "local_shell_call"))
_FIELDS = frozenset(
    (
        *("type", "id", "role", "content", "call_id", "name", "arguments", "output", "summary", "encrypted_content"),
        *("status", "action", "timestamp", "end_turn", "phase"),
    )
)
_SKIP = ("id", "session_id", "timestamp", "instructions", "base_instructions", "source", "ts", "text", "type", "owner")


def matches(record: Any) -> bool:
    if not isinstance(record, dict):
        return False
    return (
        (str(record.get("type")) in _LINES and isinstance(record.get("payload"), dict))
        or "record_type" in record
        or _is_first(record)
        or _is_item(record)
        or _is_typed(record)
        or _is_whole(record)
    )


def parts(record: Any) -> Iterator[Any]:
    """The lines of a session that is one JSON object (the first versions); others as they are."""
    if isinstance(record, dict) and _is_whole(record):
        yield record["session"]
        yield from record["items"]
    else:
        yield record


def thread(record: Any, context: Context) -> str:
    """The session that a line belongs to: the one that the file named last."""
    record, memory = object_of(record), context.memory
    if _is_typed(record):
        record["owner"] = owner(context.account)
        return str(record["session_id"])
    type_, payload = record.get("type"), record.get("payload")
    type_ = type_ if isinstance(type_, str) else None
    if type_ in _LINES and not isinstance(payload, dict):
        raise RecordError(f"payload: expected an object, found {kind(payload)}")
    if _is_first(record) or type_ == "session_meta":
        meta = record if _is_first(record) else object_of(payload)
        # A fork begins with its own line, then the lines of the session that it was made from, their first included.
        if "session" not in memory or memory["spoken"]:
            memory.update(session=str(meta.get("id") or context.account), spoken=False)
        record["owner"] = owner(context.account, str(meta.get("cwd") or ""))
        return str(memory["session"])
    if type_ in _LINES and isinstance(payload, dict):
        inner = str(payload.get("type") or "")
        if type_ not in ("response_item", "event_msg") or (type_ == "event_msg" and inner not in _EVENTS):
            raise NoConversation(_no_message(str(inner or type_)))
    elif "record_type" in record or type_ in ("world_state", "turn_context", "compacted"):
        raise NoConversation(_no_message(str(record.get("record_type") or type_)))
    elif not isinstance(type_, str):
        raise RecordError("this is no line of a session: it has no type")
    memory["spoken"] = memory.get("spoken") or type_ != "event_msg"
    return str(memory.setdefault("session", context.account or "session"))


@source(
    "codex",
    about="sessions of Codex, one event per line, or what was typed into it (history.jsonl)",
    matches=matches,
    fields=("timestamp", "type", "payload"),
    thread=thread,
    across=True,
    parts=parts,
)
def parse(record: Any, context: Context) -> Conversation:
    """The messages of a session, without turns that the user rolled back. Where the session is missing, what was typed.

    The user id is that of the account: the folder above ``.codex``, or the zip.
    """
    meta: Line = {}
    lines: list[Line] = []
    typed: list[Line] = []
    for line in record:
        if _is_typed(line):
            typed.append(line)
        elif _is_first(line) or line.get("type") == "session_meta":
            meta = meta or {
                "date": line.get("timestamp"),
                **(line if _is_first(line) else line["payload"]),
                **_own(line),
            }
        else:
            lines.append(line)
    left_out: Counter[str] = Counter()
    if isinstance(meta.get("source"), dict) and "subagent" in meta["source"]:
        raise NoConversation(SUB_AGENT)
    if lines:
        turns = _session(lines, left_out)
        left_out[KNOWN] += len(typed)
        if not turns.flaws and not any(role == "user" for role, _ in turns):
            raise NoConversation(SILENT)
    elif typed:
        turns = Turns()
        for line in typed:
            turns.say("user", line["text"])
    else:
        raise NoConversation("sessions without a message")
    first = meta or (typed[0] if typed and not lines else {})
    conversation = conversation_of(
        first,
        turns,
        context,
        skip=(*_SKIP, "date"),
        source_id=first.get("id") or first.get("session_id"),
        user_id=f"codex account {first.get('owner', '')}".strip(),
        created_at=first.get("timestamp") or first.get("date") or first.get("ts") or _date(lines),
        place="the account of the sessions",
    )
    for what, count in (+left_out).items():  # without what is zero
        context.leave_out(what, count)
    return conversation


def _is_first(record: Mapping[str, Any]) -> bool:
    return "type" not in record and {"id", "timestamp", "instructions"} <= record.keys()


def _is_item(record: Mapping[str, Any]) -> bool:
    """An item without a wrapper: a type, and no field that it does not have."""
    type_ = str(record.get("type"))
    return (
        type_ in _ITEMS and record.keys() <= _FIELDS and (type_ != "message" or isinstance(record.get("content"), list))
    )


def _is_typed(record: Mapping[str, Any]) -> bool:
    return record.keys() == {"session_id", "ts", "text"} | ({"owner"} & record.keys()) and isinstance(
        record["text"], str
    )


def _is_whole(record: Mapping[str, Any]) -> bool:
    return isinstance(record.get("session"), dict) and isinstance(record.get("items"), list)


def _own(line: Line) -> Line:
    return {"owner": line.get("owner", "")}


def _no_message(type_: str) -> str:
    return f"lines of the type {type_[:40]}, which hold no message"


def _date(lines: list[Line]) -> Any:
    return next((line["timestamp"] for line in lines if line.get("timestamp")), None)


def _session(lines: list[Line], left_out: Counter[str]) -> Turns:
    """The turns: items, and messages that stand in events alone."""
    events = [_item(line) for line in lines if line.get("type") == "event_msg"]
    typed = {_plain(event.get("message")) for event in events if event.get("type") == "user_message"}
    items = [_item(line) for line in lines if line.get("type") != "event_msg"]
    said = {_plain(_words(item)) for item in items if item.get("type") == "message"}
    turns, starts = Turns(), list[int]()
    for place, line in enumerate(lines):
        payload = _item(line)
        if line.get("type") == "event_msg":
            _event(payload, said, turns, starts, left_out)
            continue
        if payload.get("type") == "message" and payload.get("role") == "user":
            words = _plain(_words(payload))
            if typed and words and not any(known and (known in words or words in known) for known in typed):
                left_out[INJECTED] += 1
                continue
            starts.append(len(turns))
        read_item(payload, f"line {place + 1}", turns)
    return turns


def _item(line: Line) -> Line:
    """The item of a line, whether it is wrapped or not."""
    payload = line.get("payload")
    return payload if isinstance(payload, dict) else line


def _event(payload: Line, said: set[str], turns: Turns, starts: list[int], left_out: Counter[str]) -> None:
    type_, text = payload.get("type"), payload.get("message")
    if type_ == "thread_rolled_back":
        number = payload.get("num_turns")
        spoken = [start for start in starts if any(role == "user" for role, _ in turns[start : start + 2])]
        if isinstance(number, int) and number > 0 and spoken:
            start = spoken[-min(number, len(spoken))]
            left_out[ABANDONED] += sum(role in ("user", "assistant") for role, _ in turns[start:])
            del turns[start:]
            del starts[starts.index(start) :]
    elif not isinstance(text, str) or any(_plain(text) in earlier for earlier in said):
        left_out[REPEATED] += 1
    else:
        if type_ == "user_message":
            starts.append(len(turns))
        turns.say("user" if type_ == "user_message" else "assistant", text)


def _words(item: Mapping[str, Any]) -> str:
    content = item.get("content")
    if isinstance(content, list):
        content = "\n".join(str(part.get("text") or "") for part in content if isinstance(part, dict))
    return content if isinstance(content, str) else ""


def _plain(text: Any) -> str:
    return " ".join(text.split()) if isinstance(text, str) else ""
