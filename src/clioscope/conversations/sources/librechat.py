"""LibreChat (0.7 and 0.8): conversations exported as JSON (a list, or a tree of ``children``) or CSV, and messages.

The role of a message is told by ``isCreatedByUser``; ``sender`` is the name of a model.
"""

from __future__ import annotations

from typing import Any

from clioscope.conversations.build import conversation_of, id_of, object_of, read_messages
from clioscope.conversations.conversation import Conversation
from clioscope.conversations.formats import Context, source
from clioscope.conversations.messages.cells import cell
from clioscope.conversations.messages.content import RecordError

_SKIP = (
    "messageId",
    "parentMessageId",
    "conversationId",
    "text",
    "content",
    "sender",
    "isCreatedByUser",
    "_id",
    "exportAt",
)


def matches(record: Any) -> bool:
    if not isinstance(record, dict):
        return False
    return _is_message(record) or any(map(_is_message, _listed(record)[:2]))


def thread(record: Any, context: Context) -> str:
    """The id of the conversation. A CSV has no id and holds one conversation."""
    record = object_of(record)
    if not _is_message(record) and not _listed(record):
        raise RecordError("the record has no messages (isCreatedByUser with text)")
    return id_of(record, "conversationId") or ""


@source(
    "librechat",
    about="LibreChat export of a conversation, or its messages (isCreatedByUser)",
    matches=matches,
    fields=("conversationId", "messages", "messageId", "isCreatedByUser"),
    thread=thread,
)
def parse(record: Any, context: Context) -> Conversation:
    """The newest branch of the conversation; thoughts are left out."""
    records = [object_of(item) for item in record]
    messages = [message for item in records for message in (_flat(item) if _listed(item) else [item])]
    turns = read_messages(map(_message, messages), "messages")
    first = next((message for message in messages if _by_user(message)), {})
    return conversation_of(
        first | ({} if _is_message(records[0]) else records[0]),
        turns,
        context,
        source_id=id_of(records[0], "conversationId"),
        user_id=first.get("user"),
        created_at=records[0].get("createdAt") or first.get("createdAt"),
        skip=(*_SKIP, "user", "createdAt"),
        place="messages[].user",
    )


def _listed(record: dict[str, Any]) -> list[Any]:
    for name in ("messagesTree", "messages"):
        listed = cell(record.get(name))
        if isinstance(listed, list) and listed:
            return listed
    return []


def _flat(record: dict[str, Any]) -> list[dict[str, Any]]:
    """The messages of a list or a tree, each with its parent's id, parents first."""
    flat: list[dict[str, Any]] = []
    waiting = [(message, None) for message in reversed(_listed(record))]
    while waiting:
        message, parent = waiting.pop()
        message = object_of(message)
        flat.append({name: value for name, value in message.items() if name != "children"})
        if parent is not None and not message.get("parentMessageId"):
            flat[-1]["parentMessageId"] = parent
        below = message.get("children")
        waiting += [(reply, message.get("messageId")) for reply in reversed(below if isinstance(below, list) else [])]
    return flat


def _message(message: dict[str, Any]) -> dict[str, Any]:
    """The message in the shape that all readers of messages know."""
    content = cell(message.get("content"))
    if isinstance(content, list) and content:
        said: Any = [_part(part) for part in content if not (isinstance(part, dict) and part.get("type") == "think")]
    else:
        said = message.get("text") or ""
    names = ("messageId", "parentMessageId", "createdAt")
    return {
        **{name: message[name] for name in names if message.get(name)},
        "role": "user" if _by_user(message) else "assistant",
        "content": said,
    }


def _part(part: Any) -> Any:
    call = part.get("tool_call") if isinstance(part, dict) else None
    return {"type": "tool_use", "name": call.get("name") or call.get("type")} if isinstance(call, dict) else part


def _is_message(record: Any) -> bool:
    return isinstance(record, dict) and "isCreatedByUser" in record and ("text" in record or "content" in record)


def _by_user(message: dict[str, Any]) -> bool:
    return str(message.get("isCreatedByUser")).strip().lower() in ("true", "1")
