"""A judgement, which is one answer of one judge, and the questions that judgements come from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from clioscope.models.chat import ChatRequest
from clioscope.models.parse import parse_json

if TYPE_CHECKING:
    from clioscope.models.asker import Asker

SHOWN = 240  # characters of a text that a judge is shown


class Judgement(NamedTuple):
    """``task`` and ``item`` (id of a conversation or group): what was judged; ``variant``: the item itself, a control,
    …; ``answer``: what the judge said, None for no usable answer; ``truth``: the right answer, if there is one;
    ``order``: 0, or 1 with the options in reverse order; ``repeat``: 0, or 1 for a question that was asked again;
    ``level`` of the tree, if it has one."""

    task: str
    item: str
    variant: str
    answer: str | None
    truth: str | None = None
    order: int = 0
    repeat: int = 0
    level: int | None = None


class Question(NamedTuple):
    """A request, and the judgement that its answer completes. ``options`` maps what the model says to what it means
    (numbers to ids); None if the answer needs no mapping."""

    request: ChatRequest
    about: Judgement
    options: dict[str, str] | None = None


def choice(system: str, user: str, options: Sequence[str], about: Judgement, key: str = "answer") -> ChatRequest:
    """A request for one of ``options``."""
    schema = {
        "type": "object",
        "properties": {key: {"type": "string", "enum": list(options)}},
        "required": [key],
        "additionalProperties": False,
    }
    return ChatRequest(
        messages=(("system", system), ("user", user)), schema=schema, max_tokens=24, item=f"{about.task} {about.item}"
    )


def numbered(texts: Iterable[str]) -> str:
    """A numbered list, each text on a line of its own."""
    return "\n".join(f"{number}. {one_line(text)}" for number, text in enumerate(texts, start=1))


def one_line(text: str, most: int = SHOWN) -> str:
    """A text as a judge is shown it: on one line, cut to ``most`` characters."""
    flat = " ".join(text.split())
    return flat if len(flat) <= most else flat[: most - 1].rstrip() + "…"


def ask_questions(
    ask: Asker, questions: Sequence[Question], read: Callable[[str], str] | None = None, again: int = 0
) -> list[Judgement]:
    """The judgements, one per question asked.

    The first ``again`` questions are asked a second time, with another seed and temperature 0.5, to see whether the
    judge gives the same answer. Questions without a usable answer are in the asker's ledger.
    """
    if not questions:
        return []
    repeats = [
        question._replace(
            request=replace(question.request, seed=question.request.seed + 1, temperature=0.5),
            about=question.about._replace(repeat=1),
        )
        for question in questions[:again]
    ]
    asked = [*questions, *repeats]
    schema = asked[0].request.schema

    def parse(text: str) -> str:
        return str(parse_json(text, schema)["answer"])

    judgements: list[Judgement] = []
    # Requests of a task share the form of the answer, but lists may differ in length.
    by_schema: dict[str, list[int]] = {}
    for place, question in enumerate(asked):
        by_schema.setdefault(str(question.request.schema), []).append(place)
    answers: list[str | None] = [None] * len(asked)
    for places in by_schema.values():
        schema = asked[places[0]].request.schema
        got = ask.ask("judge", [asked[place].request for place in places], read or parse)
        for place, answer in zip(places, got, strict=True):
            answers[place] = answer
    for question, answer in zip(asked, answers, strict=True):
        meant = answer if answer is None or question.options is None else question.options.get(answer)
        judgements.append(question.about._replace(answer=meant))
    return judgements


def select(judgements: Iterable[Judgement], task: str, variant: str | None = None, **rest: Any) -> list[Judgement]:
    """The answered judgements of a task; those of repeated questions only if ``repeat=1`` is given."""
    wanted = {"repeat": 0, **rest}
    return [
        judgement
        for judgement in judgements
        if judgement.task == task
        and judgement.answer is not None
        and (variant is None or judgement.variant == variant)
        and all(getattr(judgement, name) == value for name, value in wanted.items())
    ]
