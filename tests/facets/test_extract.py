"""The facet stage: one row a conversation, in order, with null where the model gave nothing."""

import json
from pathlib import Path

import polars as pl
import pytest

from clioscope.errors import ModelError, SettingsError
from clioscope.facets import extract
from clioscope.facets.extract import extract_facets
from clioscope.facets.facet import Facet
from clioscope.facets.known import choose_facets
from clioscope.models.asker import Asker
from clioscope.models.fake import FakeModel
from clioscope.models.store import Store

FACETS = choose_facets(["request", "field", "concern", "turns", "length"])


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "answers.sqlite") as opened:
        yield opened


def test_values_stand_beside_their_own_conversation(conversations, transcripts, store) -> None:
    found = extract_facets(conversations, transcripts, FACETS, ask=Asker(FakeModel(), store))
    assert found.columns == ["conversation", "request", "field", "concern", "turns", "length"]
    assert found["conversation"].to_list() == ["a", "b", "c"]
    words = ("bread", "poem", "bomb")
    for word, request in zip(words, found["request"].str.to_lowercase(), strict=True):
        assert [one for one in words if one in request] == [word]
    assert found["turns"].to_list() == [2, 4, 6]
    assert found["length"].to_list() == ["short", "long", "very long"]
    assert found["concern"].dtype == pl.Int64
    assert found["concern"].is_between(1, 5).all()


def test_a_chunk_at_a_time_gives_the_same(conversations, transcripts, store, monkeypatch) -> None:
    whole = extract_facets(conversations, transcripts, FACETS, ask=Asker(FakeModel(), store))
    monkeypatch.setattr(extract, "_CHUNK", 2)
    with Store(Path(store.path).with_name("other.sqlite")) as other:
        chunked = extract_facets(conversations, transcripts, FACETS, ask=Asker(FakeModel(), other))
    assert chunked.equals(whole)


def test_one_question_for_all_facets_or_one_for_each(conversations, transcripts, store) -> None:
    models = {"one": FakeModel(), "each": FakeModel()}
    for calls, model in models.items():
        extract_facets(conversations, transcripts, FACETS, ask=Asker(model, store), calls=calls, with_examples=False)
    assert models["one"].calls == 3
    assert models["each"].calls == 9
    asked = [list(request.schema["properties"]) for request in models["each"].requests]
    assert sorted(asked) == sorted([["request"], ["field"], ["concern"]] * 3)
    assert all(len(request.messages) == 2 for model in models.values() for request in model.requests)


def test_examples_go_before_the_question_in_the_language_of_the_answers(conversations, transcripts, store) -> None:
    model = FakeModel()
    extract_facets(conversations, transcripts, FACETS, ask=Asker(model, store), language="ru")
    for request in model.requests:
        answers = [json.loads(text) for role, text in request.messages if role == "assistant"]
        assert answers
        assert all(any("а" <= letter <= "я" for letter in answer["request"]) for answer in answers)
        assert "Russian" in request.messages[0][1]


def test_without_a_model_only_what_needs_none_is_made(conversations, transcripts) -> None:
    found = extract_facets(conversations, transcripts, choose_facets(["request", "language", "turns"]), ask=None)
    assert found.columns == ["conversation", "language", "turns"]
    assert found["language"].to_list() == ["en", "en", "en"]


def test_what_the_model_would_not_say_is_null_and_in_the_ledger(conversations, transcripts, store) -> None:
    asker = Asker(FakeModel(nonsense_every=2, concurrency=1), store, concurrency=1, retries=0)
    found = extract_facets(conversations, transcripts, FACETS, ask=asker)
    missing = found.filter(pl.col("request").is_null())["conversation"].to_list()
    assert missing == ["b"]
    assert found.select("field", "concern").null_count().row(0) == (1, 1)
    assert found["turns"].null_count() == 0
    assert asker.ledger.frame().select("stage", "item").rows() == [("facets", "b")]


def test_a_conversation_without_a_transcript_is_asked_about_as_empty(conversations, transcripts, store) -> None:
    model = FakeModel()
    less = transcripts.filter(pl.col("conversation") != "b")
    found = extract_facets(conversations, less, choose_facets(["request", "turns"]), ask=Asker(model, store))
    assert found["conversation"].to_list() == ["a", "b", "c"]
    assert "<conversation>\n\n</conversation>" in {request.messages[-1][1] for request in model.requests}


def test_a_dead_model_ends_it(conversations, transcripts, store) -> None:
    with pytest.raises(ModelError):
        extract_facets(conversations, transcripts, FACETS, ask=Asker(FakeModel("dead"), store))


def test_a_failing_function_of_the_user_is_one_sentence(conversations, transcripts) -> None:
    broken = Facet(name="broken", type="computed", compute=lambda row: row["nothing"])
    with pytest.raises(SettingsError, match=r"facet 'broken' failed on conversation a: KeyError\('nothing'\)\."):
        extract_facets(conversations, transcripts, [broken], ask=None)


def test_an_unknown_language_of_answers_is_one_sentence(conversations, transcripts, store) -> None:
    with pytest.raises(SettingsError, match="klingonish"):
        extract_facets(conversations, transcripts, FACETS, ask=Asker(FakeModel(), store), language="klingonish")


def test_a_function_beside_a_question_cleans_the_answer(conversations, transcripts, store) -> None:
    loud = Facet(name="topic", question="the topic", compute=lambda answer: answer.upper())
    drop = Facet(name="never", question="the topic", compute=lambda answer: None)
    found = extract_facets(conversations, transcripts, [loud, drop], ask=Asker(FakeModel(), store))
    assert all(value.isupper() for value in found["topic"])
    assert found["never"].null_count() == 3
