"""ShareGPT: ``id`` and ``conversations`` (or ``items``) of ``{from: human|gpt|…, value}``, array or JSONL."""

from __future__ import annotations

from typing import Any

from clioscope.conversations.build import conversation_of, list_of, object_of, read_messages
from clioscope.conversations.cells import cell
from clioscope.conversations.conversation import Conversation
from clioscope.conversations.formats import Context, source


def matches(record: Any) -> bool:
    if not isinstance(record, dict):
        return False
    turns = cell(record.get("conversations", record.get("items")))
    return (
        isinstance(turns, list)
        and bool(turns)
        and isinstance(turns[0], dict)
        and bool({"from", "role"} & turns[0].keys())
    )


@source(
    "sharegpt",
    about="ShareGPT array or JSONL with conversations[{from, value}]",
    matches=matches,
    fields=("id", "conversations"),
)
def parse(record: Any, context: Context) -> Conversation:
    """The many derived sets that keep ``conversations`` but write ``{role, content}`` are read as well."""
    record = object_of(record)
    field = "items" if "items" in record and "conversations" not in record else "conversations"
    turns = read_messages(list_of(record, field), field)
    return conversation_of(record, turns, context, skip=(field,), source_id=record.get("id"))
