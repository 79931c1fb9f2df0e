"""ShareGPT: ``id`` and ``conversations`` (or ``items``) of ``{from: human|gpt|…, value}``, array or JSONL."""

from __future__ import annotations

from typing import Any

from clioscope.conversations.build import flat_fields, list_of, make_conversation, object_of, read_messages
from clioscope.conversations.conversation import Conversation
from clioscope.conversations.formats import Context, source


def matches(record: Any) -> bool:
    if not isinstance(record, dict):
        return False
    turns = record.get("conversations", record.get("items"))
    return (
        isinstance(turns, list)
        and bool(turns)
        and isinstance(turns[0], dict)
        and bool({"from", "role"} & turns[0].keys())
    )


@source("sharegpt", about="ShareGPT array or JSONL with conversations[{from, value}]", matches=matches)
def parse(record: Any, context: Context) -> Conversation:
    """The many derived sets that keep ``conversations`` but write ``{role, content}`` are read as well."""
    record = object_of(record)
    field = "items" if "items" in record and "conversations" not in record else "conversations"
    return make_conversation(
        read_messages(list_of(record, field), field),
        source_id=record.get("id"),
        user_id=record.get("user_id"),
        created_at=record.get("created_at"),
        metadata=flat_fields(record, ("id", "user_id", "created_at")),
    )
