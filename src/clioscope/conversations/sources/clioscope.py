"""Our own JSONL: ``id``, ``messages``, and optionally ``user_id``, ``created_at``, ``metadata``."""

from __future__ import annotations

from typing import Any

from clioscope.conversations.build import flat_fields, list_of, make_conversation, object_of, read_messages
from clioscope.conversations.content import kind
from clioscope.conversations.conversation import Conversation
from clioscope.conversations.formats import Context, source

FIELDS = {"id", "messages", "user_id", "created_at", "metadata"}


def matches(record: Any) -> bool:
    return (
        isinstance(record, dict)
        and isinstance(record.get("messages"), list)
        and "id" in record
        and record.keys() <= FIELDS
    )


@source("clioscope", about="JSONL with id and messages[{role, content}]", matches=matches)
def parse(record: Any, context: Context) -> Conversation:
    """Fields beside the five are taken as metadata; ``metadata`` wins where both have a name."""
    record = object_of(record)
    metadata = record.get("metadata") or {}
    flaws = () if isinstance(metadata, dict) else (f"metadata: expected an object, found {kind(metadata)}",)
    return make_conversation(
        read_messages(list_of(record, "messages"), "messages"),
        source_id=record.get("id"),
        user_id=record.get("user_id"),
        created_at=record.get("created_at"),
        metadata=flat_fields(record, FIELDS) | ({} if flaws else metadata),
        flaws=flaws,
    )
