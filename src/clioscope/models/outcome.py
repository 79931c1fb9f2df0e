"""What became of a question that was asked elsewhere, and how it comes into the store.

"Elsewhere" is another program or another machine: a cluster, or a service that takes a file of questions. An outcome is
known by the key of its question (``answer_key``), so outcomes may come late, in any order, twice or never.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from clioscope.models.chat import ChatAnswer
from clioscope.models.problems import Refusing, Unanswered, Unreachable
from clioscope.models.store import Store, refusal_key

Kind = Literal[
    "answer",
    "server",  # the server failed: worth asking again
    "refused",  # the server refused the question as it stands; many alike may mean that it refuses everything
    "own",  # the question has no answer and will have none
    "lasting",  # no question will have an answer until somebody fixes the cause
]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The ``answer`` to the question with this ``key``, or the ``reason`` why it has none."""

    key: str
    answer: ChatAnswer | None = None
    reason: str = ""
    kind: Kind = "answer"


def outcome_of(key: str, problem: BaseException) -> Outcome:
    """The outcome of a question that ended with an error of a model."""
    reason = " ".join(str(problem).split()) or type(problem).__name__
    if isinstance(problem, Refusing):
        return Outcome(key, None, reason, "lasting")
    if isinstance(problem, Unreachable):
        return Outcome(key, None, reason, "server")
    if isinstance(problem, Unanswered):
        return Outcome(key, None, reason, "server" if problem.server else "refused" if problem.refused else "own")
    return Outcome(key, None, reason, "lasting")


def keep_outcomes(
    outcomes: Iterable[Outcome], store: Store, items: Mapping[str, str], settings: object = None
) -> dict[str, Outcome]:
    """Put the answers, and what will never have one, into the store; return the outcomes without an answer by key.

    ``items`` says what each question is about, ``settings`` are those of the model (see ``refusal_key``). All answers
    are committed at once; one that is there already stays.
    """
    failed: dict[str, Outcome] = {}
    answers: list[tuple[str, ChatAnswer, str]] = []
    for outcome in outcomes:
        if outcome.answer is not None:
            answers.append((outcome.key, outcome.answer, items.get(outcome.key, "")))
        else:
            failed[outcome.key] = outcome
            if outcome.kind == "own":
                store.put_refusal(refusal_key(outcome.key, settings), outcome.reason)
    store.put_answers(answers)
    return failed
