"""LMSYS-Chat-1M as published, Parquet or JSONL. It has neither user ids nor dates."""

from __future__ import annotations

from typing import Any

from clioscope.conversations.build import conversation_of, list_of, object_of, read_messages
from clioscope.conversations.conversation import Conversation
from clioscope.conversations.formats import Context, source
from clioscope.conversations.messages.cells import is_messages


def matches(record: Any) -> bool:
    return isinstance(record, dict) and is_messages(record.get("conversation"))


@source(
    "lmsys",
    about="LMSYS-Chat-1M JSONL or Parquet with conversation_id and conversation[{role, content}]",
    matches=matches,
    fields=("conversation_id", "conversation"),
    ignore=("openai_moderation",),
)
def parse(record: Any, context: Context) -> Conversation:
    record = object_of(record)
    return conversation_of(
        record,
        read_messages(list_of(record, "conversation"), "conversation"),
        context,
        source_id=record.get("conversation_id"),
    )
