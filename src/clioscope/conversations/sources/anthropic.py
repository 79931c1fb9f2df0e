"""Logs of Anthropic's Messages API (2026): requests of ``{system, messages, …}``, with the answer beside or without.

Also as proxies, Claude Code and Amazon Bedrock write them, one level down. An agent sends the whole history with
each request; the longest request stands for all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from itertools import chain
from typing import Any

from clioscope.conversations.build import conversation_of, list_of, object_of
from clioscope.conversations.conversation import Conversation
from clioscope.conversations.fields.columns import normal
from clioscope.conversations.formats import Context, source
from clioscope.conversations.messages.cells import cell, is_messages
from clioscope.conversations.messages.content import RecordError, names_of
from clioscope.conversations.messages.turns import Turns, read_messages
from clioscope.conversations.sources.openai_batch import add_body
from clioscope.conversations.sources.parts.items import request_turns
from clioscope.conversations.sources.parts.joined import BESIDE, REPEATED, join, spoken_turns
from clioscope.conversations.sources.parts.requests import Longest, Request

_ASKED = frozenset(
    ("request", "requestbody", "body", "input", "inputs", "params", "payload", "kwargs", "inputbodyjson")
)
_ANSWERED = frozenset(("response", "responsebody", "output", "outputs", "outputbodyjson", "result", "message"))
_SESSIONS = ("sessionid", "conversationid", "threadid", "chatid")
_BLOCKS = ("tool_use", "tool_result", "thinking", "redacted_thinking", "server_tool_use")
_IN_USER = re.compile(r"(?:user_)?(.*?)(?:_account_([\w-]*?))?_session_([\w-]+)")
_SKIP = ("system", "messages", "metadata", "tools", "max_tokens", "stream", "temperature", "anthropic_version", "type")


def matches(record: Any) -> bool:
    """A list of messages with signs of this API: a system prompt beside it, its blocks, or its answer."""
    request = _request(record)
    if request is None or "custom_id" in record:
        return False
    signs = {"max_tokens", "anthropic_version", "stop_sequences", "top_k"} & request.keys()
    if isinstance(request.get("system"), str | list) and (signs or "claude" in str(request.get("model"))):
        return True
    return "anthropic_version" in request or _response(record).get("type") == "message" or _has_blocks(request)


def thread(record: Any, context: Context) -> str:
    """The session or conversation, where the record names it; else what the first message says, and the user."""
    request = _request(record)
    if request is None:
        raise RecordError(f"no list of messages among the fields {names_of(object_of(record))}")
    session, user = _session(record, request)
    if session is not None:
        return f"session {session}"
    first = next(iter(spoken_turns(read_messages(list_of(request, "messages")[:3], "messages"))), "")
    return f"first {blake2b(repr((first, user)).encode('utf-8', 'surrogatepass'), digest_size=16).hexdigest()}"


@source(
    "anthropic",
    about="logs of the Messages API: system, messages, and the answer beside",
    matches=matches,
    fields=("system", "messages", "max_tokens"),
    thread=thread,
)
def parse(record: Any, context: Context) -> list[Conversation]:
    """One conversation per session. Without a session, one per request that is no earlier part of another."""
    records = iter(record)
    first = next(records)
    session, _ = _session(first, object_of(_request(first)))
    every = chain([first], records)
    if session is None:
        longest = Longest()
        for request in every:
            longest.add(Request(_turns(request), request))
        conversations = [_conversation(request.record, request.turns, None, context) for request in longest.kept()]
        counts = {REPEATED: longest.repeats}
    else:
        turns = join(map(_turns, every), "alike")
        conversations = [_conversation(first, turns, session, context)]
        counts = {REPEATED: turns.repeats, BESIDE: turns.beside}
    for what, count in counts.items():
        if count:
            context.leave_out(what, count)
    return conversations


def _conversation(record: dict[str, Any], turns: Turns, session: str | None, context: Context) -> Conversation:
    request = object_of(_request(record))
    _, user = _session(record, request)
    held = request.get("metadata")
    extra = {key: value for key, value in held.items() if key != "user_id"} if isinstance(held, dict) else {}
    beside = {key: value for key, value in record.items() if normal(str(key)) not in (_ASKED | _ANSWERED)}
    return conversation_of(
        {**request, **beside},
        turns,
        context,
        skip=_SKIP,
        source_id=session or beside.get("id") or request.get("id") or _response(record).get("id"),
        user_id=user,
        metadata=extra,
        place="metadata.user_id",
    )


def _turns(record: dict[str, Any]) -> Turns:
    turns = request_turns(object_of(_request(record)))
    if turns is None:
        raise RecordError("messages: expected a list, found nothing")
    response = _response(record)
    if response:
        add_body(turns, response)
    return turns


def _inner(record: Mapping[str, Any], names: frozenset[str]) -> Iterator[dict[str, Any]]:
    """The objects in the fields with those names, down two levels, also where they are JSON text."""
    for name, value in record.items():
        if normal(str(name)) in names and isinstance(inner := cell(value), dict):
            yield inner
            yield from _inner(inner, names)


def _request(record: Any) -> dict[str, Any] | None:
    """The object that holds the messages: the record, or one in it."""
    if not isinstance(record, dict):
        return None
    for holder in chain([record], _inner(record, _ASKED)):
        if is_messages(holder.get("messages")):
            return {**holder, "messages": cell(holder["messages"])}
    return None


def _response(record: Mapping[str, Any]) -> dict[str, Any]:
    """The answer, where the record has one that is no error."""
    for holder in _inner(record, _ANSWERED | {"body"}):
        if "messages" not in holder and (isinstance(holder.get("content"), list | str) or "choices" in holder):
            return holder
    content = record.get("content")
    return {"content": content} if record.get("type") == "message" and isinstance(content, list) else {}


def _session(record: Mapping[str, Any], request: Mapping[str, Any]) -> tuple[str | None, Any]:
    """(session, user). Claude Code puts both into the user id."""
    held = cell(request.get("metadata"))
    metadata = held if isinstance(held, dict) else {}
    user = cell(metadata.get("user_id"))
    session = None
    if isinstance(user, dict):
        session, user = user.get("session_id"), user.get("account_uuid") or user.get("device_id")
    elif isinstance(user, str) and (match := _IN_USER.fullmatch(user)):
        user, session = match[2] or match[1], match[3]
    for holder in (record, record.get("metadata"), request, metadata):
        for name, value in holder.items() if isinstance(holder, dict) else ():
            if session is None and normal(str(name)) in _SESSIONS and isinstance(value, str | int) and value != "":
                session = str(value)
    return session, user


def _has_blocks(request: Mapping[str, Any]) -> bool:
    contents = (message.get("content") for message in request["messages"][:8] if isinstance(message, dict))
    return any(
        isinstance(part, dict) and part.get("type") in _BLOCKS
        for content in contents
        if isinstance(content, list)
        for part in content
    )
