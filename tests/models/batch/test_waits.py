"""Questions that a build comes to and does not ask."""

import json

import pytest

from clioscope.errors import ModelError, QuestionsWaiting
from clioscope.models.answers import vary
from clioscope.models.asker import Asker
from clioscope.models.batch.waitlist import FailedReply
from clioscope.models.batch.waits import Waits
from clioscope.models.chat import ChatAnswer, ChatRequest
from clioscope.models.client import OpenAIClient
from clioscope.models.store import answer_key
from clioscope.settings import ModelSettings

REQUESTS = [ChatRequest((("user", f"q{n}"),), item=f"c{n}") for n in range(4)]
SETTINGS = ModelSettings(name="http://host/v1 tiny", temperature=0.5)


@pytest.fixture
def waits(tmp_path, waiting):
    made = Waits(tmp_path / "w.sqlite", waiting.store)
    yield made
    made.close()


def asker(waits, waiting, **more):
    return Asker(waits.model(SETTINGS), waiting.store, waits=waits, **more)


def put(waiting, model, number, text, attempt=0):
    waiting.store.put_answer(answer_key(model.id, vary(REQUESTS[number], attempt)), ChatAnswer(text))


def test_the_model_has_the_identity_of_the_plain_one(waits) -> None:
    assert waits.model(SETTINGS).id == OpenAIClient("http://host/v1", "tiny", settings=SETTINGS).id
    with pytest.raises(ModelError, match="a batch must name its model"):
        waits.model(ModelSettings(name="http://host/v1"))


def test_it_stops_with_what_waits_and_goes_on_with_the_answers(waits, waiting) -> None:
    ask = asker(waits, waiting)
    put(waiting, ask.model, 1, "1")
    with pytest.raises(QuestionsWaiting, match="facets: 1 of 5 answered, 4 waiting"):
        ask.ask("facets", [*REQUESTS, REQUESTS[0]], json.loads)
    assert [one.request.item for one in waits.waitlist.questions()] == ["c0", "c2", "c3"]
    assert [items for _, _, items in waits.waitlist.items()] == [2, 1, 1]
    for number in (0, 2, 3):
        put(waiting, ask.model, number, str(number))
    later = Waits(waits.waitlist.path, waiting.store)
    assert asker(later, waiting).ask("facets", REQUESTS, json.loads) == [0, 1, 2, 3]
    later.close()


def test_calls_that_do_not_depend_on_each_other_are_one_round(waits, waiting) -> None:
    ask = asker(waits, waiting)
    with pytest.raises(QuestionsWaiting, match="facets: 0 of 4 answered, 4 waiting"), ask.together():
        assert ask.ask("facets", REQUESTS[:2], json.loads) == [None, None]
        ask.ask("facets", REQUESTS[2:], json.loads)
    with Asker(ask.model, waiting.store).together():
        pass


def test_an_answer_of_no_use_is_asked_again_in_the_next_round(waits, waiting) -> None:
    ask = asker(waits, waiting)
    put(waiting, ask.model, 0, "nonsense")
    with pytest.raises(QuestionsWaiting, match="0 of 1 answered, 1 failed, 1 waiting") as stop:
        ask.ask("facets", REQUESTS[:1], json.loads)
    assert stop.value.again
    (question,) = waits.waitlist.questions()
    assert (question.attempt, question.request.seed) == (1, 7919)
    assert [one.reason for one in ask.ledger.failures] == ["Expecting value: line 1 column 1 (char 0)"]
    put(waiting, ask.model, 0, "nonsense", 1)
    put(waiting, ask.model, 0, "nonsense", 2)
    waits.tallies.clear()
    other = asker(waits, waiting)
    assert other.ask("facets", REQUESTS[:1], json.loads) == [None]  # asked three times, as the plain client would
    assert other.ledger.failures[0].attempts == 3


def test_what_failed_is_left_out_on_demand(tmp_path, waits, waiting) -> None:
    ask = asker(waits, waiting)
    with pytest.raises(QuestionsWaiting):
        ask.ask("facets", REQUESTS, json.loads)
    keys = [answer_key(ask.model.id, one) for one in REQUESTS]
    waits.waitlist.note({keys[0]: FailedReply("expired", True), keys[1]: FailedReply("refused", False)}, [], [])
    put(waiting, ask.model, 2, "nonsense")
    bold = Waits(waits.waitlist.path, waiting.store, without_failed=True)
    again = asker(bold, waiting)
    with pytest.raises(QuestionsWaiting, match="0 of 4 answered, 3 failed, 1 waiting"):
        again.ask("facets", REQUESTS, json.loads)
    put(waiting, ask.model, 3, "3")
    bold.tallies.clear()
    last = asker(bold, waiting)
    assert last.ask("facets", REQUESTS, json.loads) == [None, None, None, 3]
    assert {one.item: (one.reason.split(":")[0], one.server) for one in last.ledger.failures} == {
        "c0": ("expired", True),
        "c1": ("refused", False),
        "c2": ("Expecting value", False),
    }
    bold.close()
