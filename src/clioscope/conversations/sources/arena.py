"""Chatbot Arena: two answers to the same user (``conversation_a``, ``conversation_b``), with a vote (2023 to 2025)."""

from __future__ import annotations

from typing import Any

from clioscope.conversations.build import conversation_of, object_of, read_messages
from clioscope.conversations.cells import cell, is_messages
from clioscope.conversations.content import RecordError, kind
from clioscope.conversations.conversation import Conversation
from clioscope.conversations.formats import Context, source
from clioscope.conversations.messages import Turns, read_message

SIDES = ("conversation_a", "messages_a", "conversation_b", "messages_b")


def matches(record: Any) -> bool:
    return isinstance(record, dict) and (
        any(is_messages(record.get(side)) for side in SIDES) or _rounds(record.get("full_conversation")) is not None
    )


@source(
    "arena",
    about="Chatbot Arena pairs: conversation_a and conversation_b with a vote (side a is read)",
    matches=matches,
    fields=("conversation_a", "conversation_b", "model_a", "model_b", "winner"),
)
def parse(record: Any, context: Context) -> Conversation:
    """Side a: the user's messages are the same on both. The user is who voted, where ``judge`` names a person."""
    record = object_of(record)
    judge = record.get("judge")
    voter = judge if isinstance(judge, str) and ("user" in judge or "anon" in judge) else None
    rounds = _rounds(record.get("full_conversation"))
    if rounds is not None:
        turns = Turns()
        for place, one in enumerate(rounds):
            read_message({"role": "user", **one["user"]}, f"full_conversation[{place}].user", turns)
            answer = one.get("model_side_a")
            if isinstance(answer, dict):
                read_message({"role": "assistant", **answer}, f"full_conversation[{place}].model_side_a", turns)
    else:
        side = next((side for side in SIDES if isinstance(cell(record.get(side)), list)), SIDES[0])
        items = cell(record.get(side))
        if not isinstance(items, list):
            raise RecordError(f"{side}: expected a list, found {kind(items)}")
        turns = read_messages(items, side)
    return conversation_of(
        record,
        turns,
        context,
        skip=("judge",),
        source_id=record.get("question_id") or record.get("id"),
        user_id=voter,
        created_at=record.get("tstamp") or record.get("timestamp"),
        place="judge",
    )


def _rounds(value: Any) -> list[dict[str, Any]] | None:
    """The rounds of newer sets: what the user said, and both answers."""
    value = cell(value)
    if isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
        return value if all(isinstance(one.get("user"), dict) for one in value) else None
    return None
