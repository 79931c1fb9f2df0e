"""Claude Code: session files (``~/.claude/projects/*/*.jsonl``, one event per line) and ``history.jsonl``.

Written from the files of versions 1.0 to 2.1. A session is a tree of lines (``uuid``, ``parentUuid``); a
compaction begins a new root that names the line before it (``logicalParentUuid``).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from clioscope.conversations.build import ABANDONED, conversation_of, object_of
from clioscope.conversations.conversation import Conversation
from clioscope.conversations.formats import Context, source
from clioscope.conversations.messages.content import NoConversation, RecordError
from clioscope.conversations.messages.tree import branch
from clioscope.conversations.messages.turns import Turns, read_message
from clioscope.conversations.sources.parts.owner import owner

Line = dict[str, Any]

SIDE = "lines of sub-agents"
META = "lines that the program wrote for the model (meta lines, summaries, notices)"
KNOWN = "lines of the history whose session is there"
SILENT = "sessions in which the user wrote nothing"
COMMANDS = "commands to the program (/clear, /model, …)"
_EVENTS = frozenset(
    (
        *("user", "assistant", "system", "summary", "file-history-snapshot", "queue-operation", "progress"),
        *("attachment", "ai-title", "custom-title", "last-prompt", "permission-mode", "mode", "agent-name"),
        *("agent-setting", "pr-link", "tag"),
    )
)
_NOT_THEIRS = ("isMeta", "isCompactSummary", "isVisibleInTranscriptOnly", "isApiErrorMessage")
_COMMAND = re.compile(r"\s*(?:/[\w:.-]+|exit|quit)\s*")
_PASTED = re.compile(r"\[Pasted text #(\d+)[^\]\n]*\]")
_SKIP = (
    *("uuid", "parentUuid", "logicalParentUuid", "sessionId", "timestamp", "type", "userType", "promptId", "display"),
    *("isSidechain", "requestId", "isMeta", "permissionMode", "project", "slug", "sourceToolAssistantUUID"),
)


def matches(record: Any) -> bool:
    return isinstance(record, dict) and (_is_event(record) or _is_typed(record))


def thread(record: Any, context: Context) -> str:
    """The id of the session; lines that hold no message are left out by their type."""
    record = object_of(record)
    record["owner"] = owner(context.account, str(record.get("cwd") or record.get("project") or ""))
    record.pop("toolUseResult", None)  # the result stands in the message, too, and is large
    session, type_ = record.get("sessionId"), record.get("type")
    if _is_typed(record):
        return str(session or f"history {record.get('timestamp')} {record['display']}")
    if isinstance(type_, str) and isinstance(session, str) and isinstance(record.get("uuid"), str):
        return session
    if not isinstance(type_, str) or "message" in record:
        raise RecordError("this is no line of a session: it has no type, uuid or sessionId")
    raise NoConversation(_no_message(type_))


@source(
    "claude_code",
    about="sessions of Claude Code, one event per line, or what was typed into it (history.jsonl)",
    matches=matches,
    fields=("sessionId", "uuid", "parentUuid", "message"),
    thread=thread,
    across=True,
)
def parse(record: Any, context: Context) -> Conversation:
    """The branch of a session that ends at the newest message. Where the session is missing, what was typed in it.

    The user id is that of the account: the folder above ``.claude``, or the zip.
    """
    lines: dict[str, Line] = {}
    typed: list[Line] = []
    left_out: Counter[str] = Counter()
    for line in record:
        if _is_typed(line):
            typed.append(line)
        elif lines.setdefault(line["uuid"], line) is not line:
            left_out["lines that stand in several files"] += 1
    turns, first = _session(lines, left_out) if lines else _typed(typed, left_out)
    if lines and typed:
        left_out[KNOWN] += len(typed)
    if first is None:
        raise NoConversation(max(left_out, key=lambda what: left_out[what], default=META))
    if not turns.flaws and not any(role == "user" for role, _ in turns):
        raise NoConversation(SILENT)
    conversation = conversation_of(
        {name: value for name, value in first.items() if name != "owner"},
        turns,
        context,
        skip=_SKIP,
        source_id=first.get("sessionId"),
        user_id=f"claude code account {first['owner']}".strip(),
        created_at=first.get("timestamp"),
        place="the account of the sessions",
    )
    for what, count in (+left_out).items():  # without what is zero
        context.leave_out(what, count)
    return conversation


def _is_event(record: Mapping[str, Any]) -> bool:
    type_ = record.get("type")
    if not isinstance(type_, str):
        return False
    known = "uuid" in record and "parentUuid" in record
    return (known and "sessionId" in record) or (
        type_ in _EVENTS
        and (("sessionId" in record and "message" not in record) or {"leafUuid", "messageId"} & record.keys() != set())
    )


def _is_typed(record: Mapping[str, Any]) -> bool:
    return isinstance(record.get("display"), str) and ("pastedContents" in record or "project" in record)


def _session(lines: Mapping[str, Line], left_out: Counter[str]) -> tuple[Turns, Line | None]:
    """The turns of the newest branch, and its first message of the user (else its first line)."""
    spoken = {key: line for key, line in lines.items() if _is_message(line, left_out)}
    if not spoken:
        return Turns(), None
    path = _path(lines, spoken)
    turns = Turns()
    for place, group in enumerate(_messages([spoken[key] for key in path])):
        read_message(group, f"message {place + 1}", turns)
    left_out[ABANDONED] += len(spoken) - len(path)
    chosen = [spoken[key] for key in path]
    first = next((line for line in chosen if _message(line)["role"] == "user"), chosen[0])
    return turns, {**first, "timestamp": chosen[0].get("timestamp")}


def _is_message(line: Line, left_out: Counter[str]) -> bool:
    """Whether a line is a message of the user or the assistant, or a result of a tool."""
    if line.get("isSidechain") is True:
        left_out[SIDE] += 1
        return False
    if line["type"] not in ("user", "assistant", "attachment") or not _message(line):
        left_out[_no_message(line["type"])] += 1
        return False
    origin = line.get("origin") or (line.get("attachment") or {}).get("origin")
    kind = origin.get("kind") if isinstance(origin, dict) else origin
    if any(line.get(name) is True for name in _NOT_THEIRS) or kind not in (None, "human"):
        left_out[META] += 1
        return False
    return True


def _no_message(type_: str) -> str:
    return f"lines of the type {type_[:40]}, which hold no message"


def _message(line: Line) -> Line:
    """The message of a line; what was typed while the assistant worked stands in an attachment."""
    message = line.get("message")
    if line["type"] == "attachment":
        held = line.get("attachment")
        if not isinstance(held, dict) or held.get("type") != "queued_command":
            return {}
        return {"role": "user", "content": held.get("prompt")} if held.get("commandMode", "prompt") == "prompt" else {}
    return {"role": line["type"], **message} if isinstance(message, dict) else {}


def _path(lines: Mapping[str, Line], spoken: Mapping[str, Line]) -> list[str]:
    """Keys of the messages of the branch that ends at the newest, in order; parallel calls and results included."""
    parents: dict[str, str | None] = {}
    before: str | None = None
    for key, line in lines.items():
        named = (line.get("parentUuid"), line.get("logicalParentUuid"))
        parent = next((uuid for uuid in named if isinstance(uuid, str) and uuid), None)
        if parent not in lines and (parent or line["type"] == "system"):
            parent = before  # the line is lost, or a compaction does not say what it goes on from
        parents[key] = parent
        if line.get("isSidechain") is not True:
            before = key
    rank = {key: (str(line.get("timestamp") or ""), place) for place, (key, line) in enumerate(lines.items())}
    leaf = max(spoken, key=lambda key: rank[key])
    on_path = set(branch(parents, leaf, rank))
    ids = {str(_message(spoken[key]).get("id")) for key in on_path & spoken.keys()} - {"None"}
    for key, line in spoken.items():  # one answer is several lines, and each of its calls has a result
        message = _message(line)
        if str(message.get("id")) in ids or (parents[key] in on_path and _is_result(message)):
            on_path.add(key)
    return [key for key in spoken if key in on_path]


def _is_result(message: Line) -> bool:
    content = message.get("content")
    return isinstance(content, list) and all(
        isinstance(part, dict) and part.get("type") == "tool_result" for part in content
    )


def _messages(chosen: Iterable[Line]) -> list[Line]:
    """The messages; those of the assistant that have one id and follow each other are one."""
    joined: list[Line] = []
    for line in chosen:
        message = dict(_message(line))
        content, last = message.get("content"), joined[-1] if joined else {}
        held = last.get("content")
        if (
            isinstance(content, list)
            and isinstance(held, list)
            and message.get("id") is not None
            and last.get("id") == message["id"]
        ):
            last["content"] = [*held, *content]
        else:
            joined.append(message)
    return joined


def _typed(typed: Iterable[Line], left_out: Counter[str]) -> tuple[Turns, Line | None]:
    """What was typed in a session, pasted texts put in their places."""
    turns, first = Turns(), None
    for line in typed:
        if _COMMAND.fullmatch(line["display"]):
            left_out[COMMANDS] += 1
            continue
        first = first or line
        pasted = line.get("pastedContents")
        turns.say("user", _PASTED.sub(partial(_paste, pasted=pasted), line["display"]))
    return turns, first


def _paste(mark: re.Match[str], pasted: Any) -> str:
    held = pasted.get(mark[1]) if isinstance(pasted, dict) else None
    text = held.get("content") if isinstance(held, dict) else None
    return text if isinstance(text, str) else mark[0]
