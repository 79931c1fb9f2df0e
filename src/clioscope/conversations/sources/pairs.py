"""A question and its answer per record: Alpaca (instruction, input, output) and tables of question and answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from clioscope.conversations.build import conversation_of, object_of
from clioscope.conversations.conversation import Conversation
from clioscope.conversations.fields import normal
from clioscope.conversations.formats import Context, source
from clioscope.errors import InputError

# What was asked, and under which names what was answered stands beside it; the first pair that is there counts.
PAIRS = (
    ("instruction", ("output", "response", "answer", "completion")),
    ("question", ("answer", "response", "output", "answers", "chosen")),
    ("prompt", ("response", "completion", "chosen", "answer", "output", "generation")),
    ("query", ("response", "answer", "completion", "output")),
    ("request", ("response", "answer")),
    ("human", ("assistant", "gpt", "bot", "ai")),
    ("user", ("assistant", "bot", "ai")),
    ("usermessage", ("assistantmessage", "botmessage", "airesponse", "botresponse", "response")),
    ("userinput", ("response", "botresponse", "output", "modelresponse")),
    ("input", ("output", "response", "completion")),
)
SAME = 5  # rows with one and the same question make a survey
_CONTEXT = ("input", "context")  # what the question of Alpaca and its relatives is about
_SYSTEM = ("system", "systemprompt")


def matches(record: Any) -> bool:
    if not isinstance(record, dict):
        return False
    pair = _pair(tuple(map(str, record)))
    return pair is not None and isinstance(record.get(pair[0]), str) and isinstance(record.get(pair[1]), str | None)


def prepare(first: Sequence[Any], context: Context, name: str) -> None:
    """Refuse a survey, which asks everybody the same: there the answers are the texts. Raises InputError."""
    rows = [record for record in first if matches(record)]
    if len(rows) < SAME:
        return
    asked, answered = _pair(tuple(map(str, rows[0]))) or ("", "")
    if len({row.get(asked) for row in rows}) == 1:
        raise InputError(
            f"{name}: {asked!r} is the same in all rows, as in a survey, where the answers are the texts; "
            f"read these with --text-column {answered!r}."
        )


@source(
    "pairs",
    about="a question and its answer per record: instruction and output, question and answer, prompt and response",
    matches=matches,
    fields=("instruction", "output"),
    prepare=prepare,
)
def parse(record: Any, context: Context) -> Conversation:
    """The question (with Alpaca's ``input`` below the instruction) as the user's, the answer as the assistant's.

    Of preference pairs the chosen answer is read, the rejected one is not.
    """
    record = object_of(record)
    pair = _pair(tuple(map(str, record)))
    asked, answered = pair if pair is not None else ("instruction", "output")
    question = _text(record.get(asked))
    beside = _named(record, _CONTEXT) if normal(asked) in ("instruction", "question") else None
    if beside is not None and beside not in (asked, answered) and _text(record.get(beside)):
        question = f"{question}\n{_text(record[beside])}"
    else:
        beside = None
    system = _named(record, _SYSTEM)
    turns = [("system", _text(record.get(system)))] if system is not None else []
    turns += [("user", question), ("assistant", _text(record.get(answered)))]
    skip = [name for name in (asked, answered, beside, system, "rejected") if name]
    return conversation_of({name: value for name, value in record.items() if name not in skip}, turns, context)


@lru_cache(maxsize=1024)
def _pair(names: tuple[str, ...]) -> tuple[str, str] | None:
    """The fields of question and answer."""
    by_normal = {normal(name): name for name in reversed(names)}
    for asked, answers in PAIRS:
        answered = next((by_normal[name] for name in answers if name in by_normal), None)
        if asked in by_normal and answered is not None:
            return by_normal[asked], answered
    return None


def _named(record: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    return next((name for name in record if normal(str(name)) in names), None)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
