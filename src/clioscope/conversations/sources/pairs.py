"""One question and its answer per record: Alpaca (``instruction``, ``input``, ``output``), ``question`` and ``answer``,
``prompt`` and ``response`` or ``completion``, ``human`` and ``assistant``; preferences (``chosen``, ``rejected``).

Written from Stanford Alpaca, Dolly 15k, OpenOrca, SQuAD, HH-RLHF and UltraFeedback (binarized) as published.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from clioscope.conversations.build import conversation_of, object_of, read_messages
from clioscope.conversations.conversation import Conversation
from clioscope.conversations.fields.columns import normal
from clioscope.conversations.fields.dates import is_nothing
from clioscope.conversations.formats import Context, source
from clioscope.conversations.messages.cells import cell, is_messages
from clioscope.conversations.messages.content import RecordError, kind
from clioscope.conversations.messages.turns import Turns
from clioscope.conversations.sources.logs import add_answer
from clioscope.conversations.sources.parts.exchanges import exchanges, labelled
from clioscope.errors import InputError

REJECTED = "rejected answers of pairs of preference"
SAME = 5  # records at the beginning of a file that can make it a survey
_PERSONA = re.compile(r"\s*You(?: are|'re) an? ")
_REPLIES = ("output", "response", "answer", "completion", "chosen", "reply")
_NAMES = (  # the question, and what its answer may be called, the most particular first
    ("instruction", _REPLIES),
    ("question", (*_REPLIES, "answers")),
    ("prompt", (*_REPLIES, "generation", "generatedtext", "responses")),
    ("query", _REPLIES),
    ("userprompt", (*_REPLIES, "assistantresponse", "modelresponse", "botresponse")),
    ("usermessage", (*_REPLIES, "assistantmessage", "assistantresponse", "botmessage", "botresponse", "airesponse")),
    ("userquery", (*_REPLIES, "assistantresponse", "botresponse")),
    ("userinput", (*_REPLIES, "assistantresponse", "modeloutput", "botresponse")),
    ("human", ("assistant", "bot", "ai", "gpt", "chatgpt", "model")),
    ("user", ("assistant", "bot", "ai", "gpt", "chatgpt", "chatbot")),
    ("input", ("output", "response", "completion")),
)
_BESIDE = ("context", "system", "systemprompt", "history", "chosen", "rejected", "text")  # "text": all of it once more


def matches(record: Any) -> bool:
    """A text that asks beside a field for the answer; or a chosen and a rejected conversation."""
    if not isinstance(record, dict):
        return False
    names = _pair(tuple(record))
    if names is None:
        return _chosen(record) is not None
    asked = record[names[0]]
    return isinstance(asked, str) and isinstance(cell(asked), str)


def prepare(first: Sequence[Any], context: Context, name: str) -> None:
    """Raise InputError for a survey: questions that are repeated in many records are not what the people wrote."""
    rows = [record for record in first if matches(record) and _pair(tuple(record)) is not None]
    pairs = [(names, record) for record in rows if (names := _pair(tuple(record))) is not None]
    asked = {str(record[names[0]]).strip() for names, record in pairs}
    answered = {str(record[names[1]]).strip() for names, record in pairs}
    if len(pairs) >= SAME and len(asked) * 3 <= len(pairs) and len(answered) > 2 * len(asked):
        question, answer = pairs[0][0]
        same = "the same" if len(asked) == 1 else f"one of {len(asked)}"
        raise InputError(
            f"{name}: {question!r} is {same} in each of the first {len(pairs)} records; if people answered it, read "
            f"their answers with --text-column {answer}; if a model did, read the questions with --text-column "
            f"{question}."
        )


@source(
    "pairs",
    about="a question and its answer per record (instruction and output, question and answer, prompt and response)",
    matches=matches,
    fields=("instruction", "output"),
    prepare=prepare,
)
def parse(record: Any, context: Context) -> Conversation:
    """The user asks and the assistant answers. Of two answers in a preference the chosen one is taken.

    ``input`` and ``context`` belong to an ``instruction``. With any other question ``context`` is a system message.
    Earlier exchanges (``history``) and a system prompt come first.
    """
    record = object_of(record)
    names = _pair(tuple(record))
    chosen = _chosen(record)
    if names is None and chosen is None:
        raise RecordError("the fields hold no question with an answer")
    if "rejected" in record and not is_nothing(record["rejected"]):
        context.leave_out(REJECTED)
    turns = _before(record, names[0] if names else None)
    if chosen is not None:
        turns.extend(chosen)
        turns.flaws += chosen.flaws
    elif names is not None:
        _add(turns, record, *names)
    beside = (*_BESIDE, "input") if names is not None and normal(names[0]) == "instruction" else _BESIDE
    skip = [name for name in record if normal(str(name)) in beside or name in (names or ())]
    return conversation_of(record, turns, context, skip=skip)


def _add(turns: Turns, record: Mapping[str, Any], asks: str, answers: str) -> None:
    asked = record[asks]
    if not isinstance(asked, str):
        raise RecordError(f"{asks}: expected text, found {kind(asked)}")
    if not asked.strip():
        raise RecordError(f"{asks}: empty")
    if normal(asks) == "instruction":
        beside = [record[name] for name in record if _joins(name) and _says(record[name])]
        if beside and _PERSONA.match(asked):  # Dolphin: the instruction is the system prompt, the input the question
            turns.append(("system", asked))
            asked = "\n\n".join(beside)
        else:
            asked = "\n\n".join([asked, *beside])
    said = labelled(asked)  # a prompt that holds the conversation so far
    if said is not None:
        turns.extend(said)
    else:
        turns.say("user", asked)
    answer = cell(record[answers])
    if is_messages(answer):
        add_answer(turns, answer)
        return
    if isinstance(answer, dict):  # SQuAD: {"text": [...], "answer_start": [...]}
        answer = answer.get("text") or answer.get("value") or answer.get("content")
    if isinstance(answer, list):
        answer = next((text for text in answer if isinstance(text, str) and text.strip()), None)
    if not is_nothing(answer):
        turns.say("assistant", str(answer))


def _before(record: Mapping[str, Any], asks: str | None) -> Turns:
    """What comes before the question: the system prompt, a passage that it is about, earlier exchanges."""
    turns = Turns()
    plain = {normal(str(name)): name for name in record}
    passage = () if asks is not None and normal(asks) == "instruction" else ("context",)
    for name in ("system", "systemprompt", *passage):
        value = record[plain[name]] if name in plain else None
        if isinstance(value, str) and _says(value):
            turns.append(("system", value))
    history = exchanges(record[plain["history"]]) if "history" in plain else None
    if history is not None:
        turns.extend(read_messages(history, "history"))
    return turns


def _chosen(record: Mapping[str, Any]) -> Turns | None:
    """The conversation that was chosen: messages, or a text with the speakers' names; None for an answer alone."""
    chosen = cell(record.get("chosen"))
    if "rejected" not in record or not chosen:
        return None
    if is_messages(chosen):
        turns = read_messages(chosen, "chosen")
    elif isinstance(chosen, str) and (said := labelled(chosen)) is not None:
        turns = Turns(said)
    else:
        return None
    return turns if any(role == "user" for role, _ in turns) else None


@lru_cache(maxsize=4096)
def _pair(columns: tuple[str, ...]) -> tuple[str, str] | None:
    """The fields of the question and of the answer."""
    plain = {normal(str(column)): column for column in reversed(columns)}
    for asks, replies in _NAMES:
        answers = next((plain[name] for name in replies if name in plain), None)
        if asks in plain and answers is not None:
            return plain[asks], answers
    return None


def _joins(name: object) -> bool:
    return normal(str(name)) in ("input", "context")


def _says(value: object) -> bool:
    return isinstance(value, str) and not is_nothing(value) and value.strip() not in ("<noinput>", "N/A")
