"""From the fields of a record to a Conversation: the checks that all formats share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from clioscope.conversations.clean import clean_text
from clioscope.conversations.content import RecordError, call_marks, flatten_content, kind, role_of
from clioscope.conversations.conversation import Conversation, Message, Role, content_id
from clioscope.conversations.dates import parse_date

_KNOWN: dict[str, Role] = {"user": "user", "assistant": "assistant", "system": "system", "tool": "tool"}


def object_of(record: object) -> dict[str, Any]:
    """The record itself, if it is an object."""
    if not isinstance(record, dict):
        raise RecordError(f"expected an object, found {kind(record)}")
    return record


def list_of(record: Mapping[str, Any], field: str) -> list[Any]:
    """A list field that must be there."""
    value = record.get(field)
    if not isinstance(value, list):
        raise RecordError(f"{field}: expected a list, found {kind(value)}")
    return value


def read_messages(items: Iterable[Any], field: str) -> list[tuple[str, str]]:
    """(role, text) of messages as OpenAI (``{role, content}``) or ShareGPT (``{from, value}``) write them."""
    turns: list[tuple[str, str]] = []
    for index, item in enumerate(items):
        where = f"{field}[{index}]"
        if not isinstance(item, dict):
            raise RecordError(f"{where}: expected an object, found {kind(item)}")
        speaker, said = ("from", "value") if "from" in item else ("role", "content")
        role = role_of(item.get(speaker), f"{where}.{speaker}")
        text = flatten_content(item.get(said), f"{where}.{said}")
        if item.get("tool_calls") or item.get("function_call"):
            text = f"{text}\n{call_marks(item)}"
        turns.append((role, text))
    return turns


def make_conversation(
    turns: Iterable[tuple[str, str]],
    *,
    source_id: object = None,
    user_id: object = None,
    created_at: object = None,
    metadata: Mapping[str, Any] | None = None,
    flaws: Iterable[str] = (),
) -> Conversation:
    """Clean the texts, drop empty messages and check every field.

    ``metadata`` may be the record itself: only flat values are kept. A record without an id gets the hash of
    its content as id, so that ids do not depend on the order of the file. What is not needed does not cost the
    record: an id, user id or date of no use is left out, a message of an unknown role is kept as ``system``
    (context that is not shown to a model), and the conversation's ``flaws`` say so, after those given.
    Raises RecordError.
    """
    found = list(flaws)
    messages = tuple(Message(_role(role, found), text) for role, raw in turns if (text := clean_text(raw).strip()))
    if not any(message.role == "user" for message in messages):
        raise RecordError("; ".join(["no user text", *found]) if messages else "no message with text")
    return Conversation(
        source_id=_identifier(source_id, "id", found) or content_id(messages),
        messages=messages,
        user_id=_identifier(user_id, "user_id", found),
        created_at=_date(created_at, found),
        metadata=flat_fields(metadata or {}),
        flaws=tuple(found),
    )


def flat_fields(record: Mapping[str, Any], skip: Iterable[str] = ()) -> dict[str, object]:
    """The fields that hold one value (text, number, true/false, date), without those named in ``skip``."""
    left_out = set(skip)
    flat: dict[str, object] = {}
    for name, value in record.items():
        if name in left_out or value is None or value == "":
            continue
        if isinstance(value, str):
            flat[clean_text(str(name))] = clean_text(value)
        elif isinstance(value, bool | int | float):
            flat[clean_text(str(name))] = value
        elif isinstance(value, datetime):
            flat[clean_text(str(name))] = value.isoformat()
    return flat


def _role(name: str, flaws: list[str]) -> Role:
    role = _KNOWN.get(name)
    if role is None:
        flaw = f"unknown role {clean_text(name)[:40]!r}, taken as system"
        if flaw not in flaws:
            flaws.append(flaw)
    return role or "system"


def _identifier(value: object, field: str, flaws: list[str]) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        flaws.append(f"{field}: expected text or a number, found {kind(value)}")
        return None
    return clean_text(str(value))


def _date(value: object, flaws: list[str]) -> datetime | None:
    try:
        return parse_date(value)
    except ValueError:
        shown = repr(value)[:40] if isinstance(value, str | int | float) else kind(value)
        flaws.append(f"created_at: {shown} is not a date (give ISO 8601, RFC 2822 or epoch seconds)")
        return None
