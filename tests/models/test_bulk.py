"""Questions to a bulk model: what is asked, what is stored, what fails, and what ends a round."""

from collections.abc import Callable

import pytest

from clioscope.errors import ModelError
from clioscope.models.account import Account
from clioscope.models.answers import ask_all, vary
from clioscope.models.asker import Asker
from clioscope.models.bulk import BulkModel, ask_in_bulk
from clioscope.models.chat import ChatAnswer, ChatRequest
from clioscope.models.fake import FakeModel
from clioscope.models.ledger import Ledger
from clioscope.models.outcome import Outcome
from clioscope.models.store import Store, answer_key


class Team:
    """Answers each question by its text, in the reverse order, a few at a time."""

    id = "team"
    settings = None

    def __init__(self, say: Callable[[str], str | tuple[str, str]] = lambda text: text.upper()) -> None:
        self.say = say
        self.asked: list[ChatRequest] = []
        self.rounds = 0
        self.fails = ""

    def answer_all(self, questions):
        self.rounds += 1
        self.asked += questions.values()
        found = []
        for key, request in reversed(questions.items()):
            said = self.say(request.messages[-1][1])
            found.append(
                Outcome(key, ChatAnswer(said, 3, 2, 0.5)) if isinstance(said, str) else Outcome(key, None, *said)
            )
        for start in range(0, len(found), 3):
            yield found[start : start + 3]
        if self.fails:
            raise ModelError(self.fails)

    def close(self):
        pass


def questions(*texts):
    return [ChatRequest((("user", text),), item=f"c{number}") for number, text in enumerate(texts)]


@pytest.fixture
def ask():
    def ask(team, requests, parse=str, retries=2, **more):
        given = {"store": Store(":memory:"), "account": Account(1.0, 1.0), "ledger": Ledger()} | more
        values = ask_in_bulk(team, requests, parse, stage="facets", retries=retries, **given)
        return values, given["store"], given["account"], given["ledger"]

    return ask


def words(text: str) -> str:
    if "BAD" in text:
        raise ValueError("it says bad")
    return text


def test_answers_come_in_the_order_of_the_questions_and_equal_ones_are_asked_once(ask) -> None:
    team = Team()
    values, store, account, ledger = ask(team, questions("a", "b", "a", "c", "d"))
    assert values == ["A", "B", "A", "C", "D"]
    assert [request.messages[-1][1] for request in team.asked] == ["a", "b", "c", "d"]
    assert store.counts()["answers"] == 4
    assert (account.total().calls, account.total().prompt_tokens, account.total().money) == (4, 12, 20e-6)
    assert (ledger.asked, len(ledger)) == ({"facets": 5}, 0)


def test_what_is_stored_is_not_asked(ask) -> None:
    store, team = Store(":memory:"), Team()
    ask(team, questions("a", "b"), store=store)
    values, _, account, _ = ask(team, questions("b", "c", "a"), store=store)
    assert values == ["B", "C", "A"]
    assert [request.messages[-1][1] for request in team.asked] == ["a", "b", "c"]
    assert (account.total().calls, account.total().cached) == (1, 2)


def test_an_answer_of_no_use_is_asked_again_in_another_round_as_ask_all_does(ask) -> None:
    team = Team(lambda text: "BAD" if text == "x" and team.rounds < 3 else text)
    values, _, _, ledger = ask(team, questions("a", "x", "b"), words)
    assert values == ["a", "x", "b"] and len(ledger) == 0 and team.rounds == 3
    assert team.asked[-2:] == [vary(questions("-", "x")[1], 1), vary(questions("-", "x")[1], 2)]

    team = Team(lambda text: "BAD" if text == "x" else text)
    values, _, _, ledger = ask(team, questions("a", "x"), words, retries=1)
    assert values == ["a", None]
    (failure,) = ledger.failures
    assert (failure.item, failure.reason, failure.attempts, failure.server) == ("c1", "it says bad", 2, False)


def test_a_question_that_fails_is_in_the_ledger_and_only_a_refused_one_is_given_up(ask) -> None:
    store, ledger = Store(":memory:"), Ledger()
    faults = {"late": ("no answer", "server"), "long": ("too long", "own"), "no": ("no.", "refused")}
    team = Team(lambda text: faults.get(text, text))
    values, *_ = ask(team, questions("a", "late", "long", "no"), store=store, ledger=ledger)
    assert values == ["a", None, None, None]
    assert [(one.item, one.reason, one.server) for one in ledger.failures] == [
        ("c1", "no answer", True), ("c2", "too long", False), ("c3", "no.", False),
    ]  # fmt: skip
    team = Team()
    values, _, _, ledger = ask(team, questions("a", "late", "long", "no"), store=store)
    assert [request.messages[-1][1] for request in team.asked] == ["late"]
    assert values == ["a", "LATE", None, None]
    assert [(one.item, one.reason) for one in ledger.failures] == [("c2", "too long"), ("c3", "no.")]


def test_a_question_without_an_outcome_failed_and_is_worth_asking_again(ask) -> None:
    team = Team()
    team.answer_all = lambda questions: iter([[Outcome(next(iter(questions)), ChatAnswer("one"))]])
    values, _, _, ledger = ask(team, questions("a", "b"))
    assert values == ["one", None]
    assert [(one.item, one.reason, one.server) for one in ledger.failures] == [("c1", "no answer came back", True)]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (("the server refuses the key", "lasting"), "the server refuses the key; 0 of the 6"),
        (("who are you", "refused"), "refuses whatever it is asked: who are you; 0 of the 6"),
        (("nobody answers.", "server"), "stopped answering .nobody answers.; 0 of the 6 answers that were missing"),
    ],
)
def test_what_holds_for_every_question_ends_the_round(ask, said, words) -> None:
    store = Store(":memory:")
    with pytest.raises(ModelError, match=words):
        ask(Team(lambda text: said), questions(*"abcdef"), store=store)
    assert ask(Team(), questions(*"abcdef"), store=store)[0] == list("ABCDEF")  # nothing is given up for it


def test_a_bulk_model_that_gives_up_keeps_what_came(ask) -> None:
    store, team = Store(":memory:"), Team(lambda text: ("late", "server") if text in "cd" else text)
    team.fails = "Ray gave up (a node died)"
    with pytest.raises(ModelError, match=r"a node died\); 3 of the 5 answers that were missing are stored"):
        ask(team, questions(*"abcde"), store=store)
    team = Team()
    assert ask(team, questions(*"abcde"), store=store)[0] == ["a", "b", "C", "D", "e"]
    assert [request.messages[-1][1] for request in team.asked] == ["c", "d"]


def test_progress_ends_at_all_questions(ask) -> None:
    seen: list[tuple[int, int]] = []
    ask(Team(), questions(*"abcdefg"), on_progress=lambda done, total: seen.append((done, total)))
    assert seen[0] == (0, 7) and seen[-1] == (7, 7) and seen == sorted(seen)


def test_an_asker_knows_a_bulk_model_from_a_model() -> None:
    team = Team()
    assert isinstance(team, BulkModel) and not isinstance(FakeModel(), BulkModel)
    asker = Asker(team, Store(":memory:"))
    assert asker.bulk and asker.ask("names", questions("a"), str) == ["A"]
    assert not Asker(FakeModel(), Store(":memory:")).bulk


def test_a_bulk_model_and_a_model_of_the_same_id_find_each_others_answers(ask) -> None:
    store, model = Store(":memory:"), FakeModel()
    team = Team()
    team.id = model.id
    requests = questions("How do I bake bread?", "Where is the sea?")
    given = {"store": store, "account": Account(), "ledger": Ledger(), "stage": "facets"}
    told = ask_all(model, requests, str, **given)
    assert ask(team, requests, store=store)[0] == told and not team.asked
    assert store.known_answers([answer_key(model.id, request) for request in requests])
