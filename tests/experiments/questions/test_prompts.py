"""Facets asked for in other ways: what reaches the model, and both experiments that ask so, by the fake model."""

import pytest

from clioscope.experiments import Bench, experiments, run
from clioscope.experiments.questions.prompts import BEGUN, DEFAULT, FREE, WAYS, begun, in_russian
from clioscope.models.chat import ChatRequest
from clioscope.models.profile import Habits, Profile
from clioscope.models.wire import body_of

SCHEMA = {"type": "object", "properties": {"request": {"type": "string"}}}
REQUEST = ChatRequest((("system", "Say."), ("user", "a"), ("assistant", "b"), ("user", "c")), schema=SCHEMA)


def test_an_answer_that_is_begun_reaches_the_server_begun():
    path, body = body_of(begun(REQUEST), "m", Profile(), Habits(dialect="llama.cpp"))
    assert path == "/chat/completions"
    assert body["messages"][-1] == {"role": "assistant", "content": '{"request":"'}
    assert "response_format" not in body


def test_instructions_in_russian_leave_the_turns_alone():
    made = in_russian(REQUEST)
    assert "Опиши" in made.messages[0][1] and '"request"' in made.messages[0][1]
    assert made.messages[1:] == REQUEST.messages[1:]


@pytest.mark.parametrize("name", ["sampling", "prompts"])
def test_on_a_made_atlas(labelled, quick, name):
    found = quick(name, models=("fake",), atlas=labelled / "atlas", folder=labelled / "data")
    (part,) = found.parts()
    assert found.variants(part) == list(WAYS) if name == "prompts" else len(found.variants(part)) == 2
    for one in found.variants(part):
        assert found.mean(one, "answered", part) == (one not in (FREE, BEGUN))  # the fake model has no JSON unasked
        assert found.mean(one, "copied", part) == found.mean(one, "leaked", part) == 0
    if name == "sampling":
        greedy, hot = found.variants(part)
        for metric in ("repeat", "seed_ari", "name_repeat", "top_repeat", "top_name_repeat"):
            assert found.mean(greedy, metric, part) == pytest.approx(1, abs=1e-5)  # the clustering has one seed
            assert list(found.values(hot, metric, part)) == ([None] if metric == "seed_ari" else [1])
        assert 0 <= found.mean(hot, "reconstruction_accuracy", part) <= 1
        assert found.mean(hot, "questions", part) > 100  # those for names too
    else:
        each, one_call = (
            found.mean(way, "questions", part) for way in ("examples, one call per facet", "examples, one call")
        )
        assert each == 3 * one_call


def test_a_way_is_asked_once_drawn_often_and_costs_the_same_when_it_is_stored(labelled, tmp_path, monkeypatch):
    monkeypatch.setenv("CLIOSCOPE_DATA", str(labelled / "data"))
    tables = []
    for seeds in (2, 3):
        given = {"embedders": ("hash",), "models": ("fake",), "atlas": labelled / "atlas", "cache": tmp_path}
        bench = Bench("sharegpt-labelled", seeds=seeds, most=40, **given)
        with monkeypatch.context() as patch:
            patch.setattr("clioscope.experiments.questions.prompts.WAYS", {DEFAULT: {}})
            found = run(experiments.get("prompts"), bench)
        bench.close()
        assert set(found.values(DEFAULT, "questions").values()) == {40}
        assert found.mean(DEFAULT, "tokens") > 1000
        tables.append(found)
    first, again = tables
    for metric in ("tokens", "seconds_each", "ami"):
        assert list(again.values(DEFAULT, metric).values())[:2] == list(first.values(DEFAULT, metric).values())
