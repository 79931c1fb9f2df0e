"""The screener's yes, no and no answer."""

import json

import polars as pl
import pytest

from clioscope.errors import ModelError
from clioscope.facets.screen import passed, screen
from clioscope.models.asker import Asker
from clioscope.models.chat import ChatAnswer
from clioscope.models.fake import FakeModel
from clioscope.models.ledger import Ledger
from clioscope.models.store import Store


class AboutBread(FakeModel):
    """Says yes to what mentions bread, as a screener asked for baking would; nonsense to what mentions a bomb."""

    async def complete(self, request):
        self.requests.append(request)
        said = request.messages[-1][1]
        return ChatAnswer("[" if "bomb" in said else json.dumps({"answer": "Yes" if "bread" in said else "no"}))


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "answers.sqlite") as opened:
        yield opened


def test_each_conversation_gets_its_own_answer(transcripts, store) -> None:
    asker = Asker(AboutBread(), store, retries=0)
    assert transcripts["conversation"].to_list() == ["c", "b", "a"]
    assert screen(transcripts, "Is it about baking?", asker) == [None, False, True]
    assert asker.ledger.frame().select("stage", "item").rows() == [("screen", "c")]


def test_the_question_and_the_conversation_are_put_to_the_model(transcripts, store) -> None:
    model = AboutBread()
    screen(transcripts[1:], "Is it about {baking}?", Asker(model, store))
    for request, text in zip(model.requests, transcripts["transcript"][1:], strict=True):
        assert "Is it about {baking}?" in request.messages[0][1]
        assert request.messages[1] == ("user", f"<conversation>\n{text}\n</conversation>")
        assert request.schema["properties"]["answer"]["enum"] == ["yes", "no"]


def test_nothing_to_screen_asks_nothing(transcripts, store) -> None:
    model = AboutBread()
    assert screen(transcripts[:0], "Is it?", Asker(model, store)) == []
    assert model.requests == []


def test_silence_is_not_a_no() -> None:
    assert passed([True, None, False], Ledger()).to_list() == [True, True, False]
    assert passed([], Ledger()).dtype == pl.Boolean


def test_a_screener_without_any_answer_is_one_sentence(transcripts, store) -> None:
    asker = Asker(FakeModel("nonsense"), store, retries=0)
    answers = screen(transcripts, "Is it?", asker)
    with pytest.raises(ModelError, match=r"no usable answer about any of 3 conversations \(.+\); use another model"):
        passed(answers, asker.ledger)
