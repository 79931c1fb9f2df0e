"""What an error means for its question, and what of it is kept."""

import pytest

from clioscope.errors import ModelError
from clioscope.models.chat import ChatAnswer
from clioscope.models.outcome import Outcome, keep_outcomes, outcome_of
from clioscope.models.problems import Refusing, Unanswered, Unreachable
from clioscope.models.store import Store, refusal_key


@pytest.mark.parametrize(
    ("problem", "kind"),
    [
        (Unanswered("late", server=True), "server"),
        (Unanswered("no\n such thing", refused=True), "refused"),
        (Unanswered("too long"), "own"),
        (Unreachable("gone"), "server"),
        (Refusing("the key"), "lasting"),
        (ModelError("broken"), "lasting"),
        (RuntimeError(), "lasting"),
    ],
)
def test_kinds(problem, kind) -> None:
    outcome = outcome_of("k", problem)
    assert (outcome.key, outcome.answer, outcome.kind) == ("k", None, kind)
    assert outcome.reason and "\n" not in outcome.reason


def test_answers_are_stored_once_and_what_has_none_is_noted() -> None:
    store = Store(":memory:")
    first = [Outcome("a", ChatAnswer("one", 1, 2, 0.5, truncated=True)), Outcome("b", None, "too long", "own")]
    failed = keep_outcomes([*first, Outcome("c", None, "late", "server")], store, {"a": "conversation"})
    assert set(failed) == {"b", "c"}
    assert keep_outcomes([Outcome("a", ChatAnswer("two"))], store, {}) == {}
    assert store.get_answer("a") == ChatAnswer("one", 1, 2, 0.5, cached=True, truncated=True)
    assert store.get_refusal(refusal_key("b", None)) == "too long"
    assert store.get_refusal(refusal_key("c", None)) is None
    assert store.keep_answers(["conversation"]) == 0  # the store knows what the answer is about
