"""WildChat (WildChat, WildChat-1M, WildChat-4.8M) as published, Parquet or JSONL."""

from __future__ import annotations

from typing import Any

from clioscope.conversations.build import conversation_of, list_of, object_of, read_messages
from clioscope.conversations.conversation import Conversation
from clioscope.conversations.formats import Context, source
from clioscope.conversations.messages.cells import cell


def matches(record: Any) -> bool:
    return (
        isinstance(record, dict)
        and isinstance(cell(record.get("conversation")), list)
        and bool({"conversation_hash", "hashed_ip", "timestamp"} & record.keys())
    )


@source(
    "wildchat",
    about="WildChat JSONL or Parquet with conversation_hash and conversation[{role, content}]",
    matches=matches,
    fields=("conversation_hash", "conversation", "hashed_ip", "timestamp"),
    ignore=("openai_moderation", "detoxify_moderation", "header"),
)
def parse(record: Any, context: Context) -> Conversation:
    """The user id is the hashed IP address; the first release (``conversation_id``) has none.

    Some derived files have it only in the messages, so the first message that has it counts too.
    """
    record = object_of(record)
    items = list_of(record, "conversation")
    address = record.get("hashed_ip")
    if not address:
        of_messages = (item.get("hashed_ip") for item in items if isinstance(item, dict))
        address = next((given for given in of_messages if given), None)
    return conversation_of(
        record,
        read_messages(items, "conversation"),
        context,
        source_id=record.get("conversation_hash") or record.get("conversation_id"),
        user_id=address,
        created_at=record.get("timestamp"),
        skip=("conversation_hash", "conversation_id", "hashed_ip", "timestamp"),
        place="conversation[].hashed_ip",
    )
