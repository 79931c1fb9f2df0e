"""The web page of llama.cpp's server (2026): sessions as JSONL, a header and one message per line, or as JSON.

Older exports are JSON: ``{"conv": {...}, "messages": [...]}``, one or a list of them.
"""

from __future__ import annotations

from typing import Any

from clioscope.conversations.build import conversation_of, id_of, object_of, read_messages
from clioscope.conversations.conversation import Conversation
from clioscope.conversations.formats import Context, source
from clioscope.conversations.messages.content import NoConversation, RecordError

HEADER = "headers of sessions of llama.cpp's page"


def matches(record: Any) -> bool:
    if not isinstance(record, dict):
        return False
    message, conv = record.get("message"), record.get("conv")
    return (
        (record.get("type") == "session" and ("currNode" in record or record.get("harness") == "llama.app"))
        or (record.get("type") == "message" and isinstance(message, dict) and "convId" in message)
        or (isinstance(conv, dict) and isinstance(record.get("messages"), list))
    )


def thread(record: Any, context: Context) -> str:
    """The id of the session. Raises RecordError where there is none."""
    record = object_of(record)
    message, conv = record.get("message"), record.get("conv")
    if isinstance(conv, dict):
        session = id_of(conv, "id")
    elif isinstance(message, dict):
        session = id_of(message, "convId")
    else:
        session = id_of(record, "id")
    if session is None:
        raise RecordError("the line has no id of its session (convId, or the id of the header)")
    return session


@source(
    "llama_ui",
    about="sessions of llama.cpp's page (a header, then messages with convId)",
    matches=matches,
    fields=("type", "message", "convId"),
    thread=thread,
)
def parse(record: Any, context: Context) -> Conversation:
    """The branch that the user saw last: from ``currNode`` of the header up to the root."""
    record = list(record)
    head: dict[str, Any] = {}
    items: list[Any] = []
    for line in map(object_of, record):
        if isinstance(line.get("conv"), dict):
            head = line["conv"]
            items += line["messages"]
        elif isinstance(line.get("message"), dict):
            items.append(line["message"])
        else:
            head = {name: value for name, value in line.items() if name not in ("type", "harness")}
            context.leave_out(HEADER)
    if not items:
        raise NoConversation("sessions of llama.cpp's page without a message")
    turns = read_messages(items, "message", head.get("currNode"))
    first = next((item for item in items if isinstance(item, dict) and item.get("role") == "user"), {})
    return conversation_of(
        head,
        turns,
        context,
        source_id=thread(record[0], context),
        created_at=first.get("timestamp"),
        skip=("id", "currNode", "lastModified"),
        place="convId",
    )
