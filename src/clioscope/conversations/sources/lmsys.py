"""LMSYS-Chat-1M as published, Parquet or JSONL. It has neither user ids nor dates."""

from __future__ import annotations

from typing import Any

from clioscope.conversations.build import flat_fields, list_of, make_conversation, object_of, read_messages
from clioscope.conversations.conversation import Conversation
from clioscope.conversations.formats import Context, source


def matches(record: Any) -> bool:
    return isinstance(record, dict) and isinstance(record.get("conversation"), list)


@source(
    "lmsys",
    about="LMSYS-Chat-1M JSONL or Parquet with conversation_id and conversation[{role, content}]",
    matches=matches,
    ignore=("openai_moderation",),
)
def parse(record: Any, context: Context) -> Conversation:
    record = object_of(record)
    return make_conversation(
        read_messages(list_of(record, "conversation"), "conversation"),
        source_id=record.get("conversation_id"),
        metadata=flat_fields(record, ("conversation_id",)),
    )
