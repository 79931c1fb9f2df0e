"""Battles of two models on one question: Chatbot Arena (lmsys and lmarena) as published, JSONL or Parquet.

It reads ``conversation_a`` and ``conversation_b`` (33k, 2023; 100k, 2024; 140k, 2025; MT-Bench judgements),
``messages_a`` and ``messages_b``, and ``prompt``, ``response_a``, ``response_b`` (55k, 2024).
"""

from __future__ import annotations

import re
from typing import Any

from clioscope.conversations.build import conversation_of, object_of, read_messages
from clioscope.conversations.conversation import Conversation
from clioscope.conversations.formats import Context, source
from clioscope.conversations.messages.cells import cell, is_messages
from clioscope.conversations.messages.content import RecordError
from clioscope.conversations.messages.turns import Turns

OTHER = "answers of the second model of a battle"
_SIDES = (("conversation_a", "conversation_b"), ("messages_a", "messages_b"))
_PERSON = re.compile(r"arena_user_\w+")


def matches(record: Any) -> bool:
    return isinstance(record, dict) and (_sides(record) is not None or _rounds(record) or _replies(record))


@source(
    "arena",
    about="battles of two models: conversation_a and conversation_b (Chatbot Arena)",
    matches=matches,
    fields=("conversation_a", "conversation_b", "model_a", "model_b", "winner"),
    ignore=("openai_moderation", "toxic_chat_tag"),
)
def parse(record: Any, context: Context) -> Conversation:
    """One conversation per battle: the questions, and the answers of model a.

    Both sides have the same questions, so the other side's answers are left out and counted. The user is the
    ``judge``, if that is a user of the arena, or its ``judge_hash``. A model or an expert that judges is no user.
    """
    record = object_of(record)
    sides = _sides(record)
    if sides is not None:
        taken, other = sides
        turns = read_messages(cell(record[taken]), taken)
        context.leave_out(OTHER, _answers(cell(record.get(other))))
    elif _rounds(record):
        turns = _of_rounds(cell(record["full_conversation"]), context)
    elif _replies(record):
        turns = _of_replies(record, context)
    else:
        raise RecordError("conversation_a: expected a list of messages")
    judge = record.get("judge")
    user = record.get("judge_hash") or (judge if isinstance(judge, str) and _PERSON.fullmatch(judge) else None)
    return conversation_of(
        record,
        turns,
        context,
        source_id=record.get("question_id") or record.get("id"),
        user_id=user,
        skip=("question_id", "id", "prompt", "response_a", "response_b", *(("judge", "judge_hash") if user else ())),
        place="judge_hash" if record.get("judge_hash") else "judge",
    )


def _sides(record: dict[str, Any]) -> tuple[str, str] | None:
    """The names of the two sides: the one that is read, and the other."""
    for a, b in _SIDES:
        if a in record and b in record:
            for taken, other in ((a, b), (b, a)):
                if is_messages(record[taken]):
                    return taken, other
    return None


def _rounds(record: dict[str, Any]) -> bool:
    rounds = cell(record.get("full_conversation"))
    return isinstance(rounds, list) and bool(rounds) and isinstance(rounds[0], dict) and "model_side_a" in rounds[0]


def _replies(record: dict[str, Any]) -> bool:
    return all(isinstance(record.get(name), str) for name in ("prompt", "response_a", "response_b"))


def _answers(items: Any) -> int:
    listed = items if isinstance(items, list) else ()
    return sum(isinstance(item, dict) and item.get("role") == "assistant" for item in listed)


def _of_rounds(rounds: list[Any], context: Context) -> Turns:
    items = [round_.get(name) for round_ in rounds for name in ("user", "model_side_a") if isinstance(round_, dict)]
    context.leave_out(OTHER, sum(isinstance(round_, dict) and bool(round_.get("model_side_b")) for round_ in rounds))
    return read_messages([item for item in items if item], "full_conversation")


def _of_replies(record: dict[str, Any], context: Context) -> Turns:
    """Questions and answers that stand in lists of their own, as JSON text, or as one text each."""
    asked, answered = (_listed(record[name]) for name in ("prompt", "response_a"))
    turns = Turns()
    for place, question in enumerate(asked):
        turns.say("user", question)
        if place < len(answered):
            turns.say("assistant", answered[place])
    context.leave_out(OTHER, len(_listed(record["response_b"])))
    return turns


def _listed(value: str) -> list[str]:
    listed = cell(value)
    return [str(item or "") for item in listed] if isinstance(listed, list) else [value]
