"""Our own JSONL: ``id``, ``messages``, and optionally ``user_id``, ``created_at``, ``metadata``."""

from __future__ import annotations

from typing import Any

from clioscope.conversations.build import conversation_of, list_of, object_of, read_messages
from clioscope.conversations.conversation import Conversation
from clioscope.conversations.formats import Context, source
from clioscope.conversations.messages.cells import is_messages
from clioscope.conversations.messages.content import kind
from clioscope.conversations.messages.tree import leaf_of

FIELDS = {"id", "messages", "user_id", "created_at", "metadata"}


def matches(record: Any) -> bool:
    return (
        isinstance(record, dict) and is_messages(record.get("messages")) and "id" in record and record.keys() <= FIELDS
    )


@source(
    "clioscope",
    about="JSONL with id and messages[{role, content}]",
    matches=matches,
    fields=("id", "messages"),
)
def parse(record: Any, context: Context) -> Conversation:
    """Fields beside the five are taken as metadata; ``metadata`` wins where both have a name."""
    record = object_of(record)
    metadata = record.get("metadata") or {}
    flaws = () if isinstance(metadata, dict) else (f"metadata: expected an object, found {kind(metadata)}",)
    return conversation_of(
        record,
        read_messages(list_of(record, "messages"), "messages", leaf_of(record)),
        context,
        skip=("messages",),
        source_id=record.get("id"),
        user_id=record.get("user_id"),
        created_at=record.get("created_at"),
        metadata={} if flaws else metadata,
        flaws=flaws,
    )
