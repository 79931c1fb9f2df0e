"""Questions on behalf of a stage."""

import json

import pytest

from clioscope.errors import ModelError
from clioscope.models.asker import Asker
from clioscope.models.chat import ChatRequest
from clioscope.models.fake import FakeModel
from clioscope.models.store import Store

REQUESTS = [
    ChatRequest(messages=(("user", f"bread {number}"),), schema={"properties": {"a": {}}}, item=f"c{number}")
    for number in range(6)
]


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "answers.sqlite") as opened:
        yield opened


def test_answers_come_in_order_with_their_cost_and_progress(store) -> None:
    seen = []
    asker = Asker(FakeModel(), store, on_progress=lambda *step: seen.append(step))
    answers = asker.ask("names", REQUESTS, json.loads)
    assert answers == [{"a": "Bread"}] * 6
    assert asker.account.stages["names"].calls == 6
    assert seen[-1] == ("names", 6, 6)
    assert {stage for stage, _, _ in seen} == {"names"}


def test_what_is_stored_is_not_asked_again(store) -> None:
    model = FakeModel()
    Asker(FakeModel(), store).ask("names", REQUESTS[:4], json.loads)
    Asker(model, store).ask("names", REQUESTS, json.loads)
    assert model.calls == 2


@pytest.mark.parametrize(("retries", "calls"), [(0, 6), (2, 18)])
def test_an_answer_of_no_use_is_asked_for_again_as_often_as_told(store, retries, calls) -> None:
    asker = Asker(FakeModel("nonsense"), store, retries=retries)
    assert asker.ask("names", REQUESTS, json.loads) == [None] * 6
    assert asker.model.calls == calls
    assert asker.ledger.frame()["item"].to_list() == [f"c{number}" for number in range(6)]
    assert set(asker.ledger.frame()["attempts"]) == {retries + 1}


def test_never_more_at_once_than_told(store) -> None:
    model = FakeModel("slow", delay=0.005, concurrency=6)
    Asker(model, store, concurrency=2).ask("names", REQUESTS, json.loads)
    assert model.most_at_once == 2


def test_nobody_there_ends_it(store) -> None:
    with pytest.raises(ModelError, match="nobody answers"):
        Asker(FakeModel("dead"), store).ask("names", REQUESTS, json.loads)
