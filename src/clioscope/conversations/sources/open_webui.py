"""Open WebUI (0.5 and 0.6): exports of chats, each a tree of messages under ``chat.history``, with ``currentId``."""

from __future__ import annotations

import re
from typing import Any

from clioscope.conversations.build import conversation_of, object_of, read_messages
from clioscope.conversations.conversation import Conversation
from clioscope.conversations.formats import Context, source
from clioscope.conversations.messages.cells import cell
from clioscope.conversations.messages.content import RecordError, call_mark, kind

# Thoughts and calls of tools stand in the text of an answer, folded away.
_FOLDED = re.compile(r"<details\s+type=\"(\w+)\"([^>]*)>.*?(?:</details>\s*|\Z)", re.DOTALL)
_NAME = re.compile(r"\bname=\"([^\"]*)\"")


def matches(record: Any) -> bool:
    return isinstance(record, dict) and _chat(record) is not None


@source(
    "open_webui",
    about="Open WebUI export of chats (chat.history.messages)",
    matches=matches,
    fields=("id", "user_id", "title", "chat"),
)
def parse(record: Any, context: Context) -> Conversation:
    """The branch that ends at ``currentId``: what the user saw last."""
    record = object_of(record)
    chat = _chat(record)
    if chat is None:
        raise RecordError(f"chat: expected an object with messages, found {kind(record.get('chat'))}")
    history = chat.get("history")
    history = history if isinstance(history, dict) else {}
    nodes = history.get("messages")
    if isinstance(nodes, dict) and nodes:
        items = [{"id": key, **node} for key, node in nodes.items() if isinstance(node, dict)]
        if len(items) < len(nodes):
            raise RecordError("chat.history.messages: expected objects")
    else:
        items = [item for item in chat.get("messages") or () if isinstance(item, dict)]
    items, left = _last_start(items, history.get("currentId"))
    system = chat.get("system") or (chat["params"].get("system") if isinstance(chat.get("params"), dict) else None)
    turns = read_messages(map(_shown, items), "chat.messages", history.get("currentId"))
    turns.abandoned += left
    if isinstance(system, str):
        turns.insert(0, ("system", system))
    return conversation_of(
        record,
        turns,
        context,
        source_id=record.get("id") or chat.get("id"),
        created_at=record.get("created_at") or chat.get("timestamp"),
        skip=("id", "share_id", "folder_id"),
        place="chat",
    )


def _chat(record: dict[str, Any]) -> dict[str, Any] | None:
    """The chat itself: inside the record (as JSON text in a dump of the table), or the record if it was saved alone."""
    for chat in (cell(record.get("chat")), record):
        if not isinstance(chat, dict):
            continue
        history = chat.get("history")
        if isinstance(history, dict) and isinstance(history.get("messages"), dict):
            return chat
        if chat is not record and isinstance(chat.get("messages"), list):
            return chat
    return None


def _last_start(items: list[dict[str, Any]], current: Any) -> tuple[list[dict[str, Any]], int]:
    """Of several first messages without an answer, the current or the newest one, and how many others there are."""
    if len(items) < 2 or any(item.get("parentId") or item.get("role") != "user" for item in items):
        return items, 0
    if not all("parentId" in item for item in items):
        return items, 0
    last = next((item for item in items if item["id"] == current), None)
    return [last or max(items, key=lambda item: _number(item.get("timestamp")))], len(items) - 1


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _shown(item: dict[str, Any]) -> dict[str, Any]:
    """A message with what a reader sees of it: thoughts left out, calls and files as marks."""
    content = item.get("content")
    if not isinstance(content, str):
        return item
    if item.get("role") == "assistant" and "<details" in content:
        content = _FOLDED.sub(_mark, content)
    files = item.get("files")
    for file in files if isinstance(files, list) else ():
        image = isinstance(file, dict) and file.get("type") == "image"
        content += "\n[image]" if image else "\n[file: name omitted]"
    return {**item, "content": content}


def _mark(match: re.Match[str]) -> str:
    if match[1] != "tool_calls":
        return ""
    name = _NAME.search(match[2])
    return f"{call_mark(name[1] if name else None)}\n"
