"""Chats of Open WebUI (export of 0.6, 2025) and LibreChat (export of 0.7 and 0.8): trees of messages below a record."""

from __future__ import annotations

from typing import Any

from clioscope.conversations.build import conversation_of, object_of, read_messages
from clioscope.conversations.content import RecordError
from clioscope.conversations.conversation import Conversation
from clioscope.conversations.formats import Context, source


def matches(record: Any) -> bool:
    return isinstance(record, dict) and (_history(record) is not None or _librechat(record) is not None)


@source(
    "open_webui",
    about="Open WebUI or LibreChat chats: the branch seen last",
    matches=matches,
    fields=("chat", "history", "messages", "currentId"),
)
def parse(record: Any, context: Context) -> Conversation:
    """The branch that ends at ``currentId`` (Open WebUI), else at the newest message."""
    record = object_of(record)
    history, listed = _history(record), _librechat(record)
    if history is not None:
        chat = record["chat"] if isinstance(record.get("chat"), dict) else record
        items = [item for item in history["messages"].values() if isinstance(item, dict)]
        turns = read_messages(items, "history.messages", history.get("currentId"))
        extra = {"title": chat.get("title")} if isinstance(chat.get("title"), str) else {}
    elif listed is not None:
        items, extra = [_message(item) for item in _below(listed)], {}
        turns = read_messages(items, "messages")
    else:
        raise RecordError("chat.history.messages: expected an object")
    return conversation_of(
        record, turns, context, source_id=record.get("id") or record.get("conversationId"), metadata=extra
    )


def _history(record: dict[str, Any]) -> dict[str, Any] | None:
    chat = record.get("chat")
    inner = chat.get("history") if isinstance(chat, dict) else record.get("history")
    return inner if isinstance(inner, dict) and isinstance(inner.get("messages"), dict) else None


def _librechat(record: dict[str, Any]) -> list[dict[str, Any]] | None:
    items = record.get("messages", record.get("messagesTree"))
    if not isinstance(items, list) or not items or not isinstance(items[0], dict):
        return None
    return items if "isCreatedByUser" in items[0] else None


def _below(items: list[Any]) -> list[dict[str, Any]]:
    """The messages of a list and of all ``children`` in it."""
    found: list[dict[str, Any]] = []
    stack = list(reversed(items))
    while stack:
        item = stack.pop()
        if isinstance(item, dict):
            found.append(item)
            stack += list(reversed(item.get("children") or []))
    return found


def _message(item: dict[str, Any]) -> dict[str, Any]:
    """A message of LibreChat, with its role; newer ones keep the text in ``content`` parts."""
    role = "user" if item.get("isCreatedByUser") else "assistant"
    kept = {name: value for name, value in item.items() if name not in ("children", "sender", "role")}
    return {**kept, "role": role, "content": item.get("text") or item.get("content")}
