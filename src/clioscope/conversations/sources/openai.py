"""OpenAI-style message lists: ``{"messages": [...]}`` or a bare list of messages a record."""

from __future__ import annotations

from typing import Any

from clioscope.conversations.build import flat_fields, list_of, make_conversation, object_of, read_messages
from clioscope.conversations.conversation import Conversation
from clioscope.conversations.formats import Context, source

TAKEN = ("id", "custom_id", "user_id", "user", "created_at", "created")


def matches(record: Any) -> bool:
    messages = record.get("messages") if isinstance(record, dict) else record
    return isinstance(messages, list) and bool(messages) and isinstance(messages[0], dict) and "role" in messages[0]


@source("openai", about="OpenAI-style records: {messages: [...]} or a bare list of messages", matches=matches)
def parse(record: Any, context: Context) -> Conversation:
    """Multi-part content, tool and function calls and their answers included."""
    if isinstance(record, list):
        return make_conversation(read_messages(record, "messages"))
    record = object_of(record)
    extra = record.get("metadata")
    return make_conversation(
        read_messages(list_of(record, "messages"), "messages"),
        source_id=_first(record, "id", "custom_id"),
        user_id=_first(record, "user_id", "user"),
        created_at=_first(record, "created_at", "created"),
        metadata=flat_fields(record, TAKEN) | (extra if isinstance(extra, dict) else {}),
    )


def _first(record: dict[str, Any], *names: str) -> Any:
    """The first of the named fields that holds something."""
    return next((record[name] for name in names if record.get(name) not in (None, "")), None)
