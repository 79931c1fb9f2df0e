"""The fake model."""

import asyncio
import json

import pytest

from clioscope.models.chat import ChatRequest
from clioscope.models.fake import FakeModel, salient
from clioscope.models.parse import parse_json
from clioscope.models.problems import Unanswered, Unreachable

SCHEMA = {
    "type": "object",
    "properties": {
        "request": {"type": "string", "maxLength": 80},
        "field": {"type": "string", "maxLength": 12},
        "concern": {"type": "integer", "minimum": 1, "maximum": 5},
        "score": {"type": "integer", "minimum": 1, "maximum": 5},
        "weight": {"type": "number", "minimum": 0, "maximum": 1},
        "kind": {"enum": ["cooking", "code"]},
        "names": {"type": "array", "items": {"type": "string", "maxLength": 30}, "minItems": 2, "maxItems": 2},
        "sure": {"type": "boolean"},
        "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "part": {"$ref": "#/$defs/Part"},
    },
    "required": ["request", "field", "concern", "score", "weight", "kind", "names", "sure", "note", "part"],
    "additionalProperties": False,
    "$defs": {"Part": {"type": "object", "properties": {"n": {"const": 7}}, "required": ["n"]}},
}


def answer(text, schema=SCHEMA, model=None, **fields):
    request = ChatRequest((("user", text),), schema=schema, **fields)
    return asyncio.run((model or FakeModel()).complete(request)).text


def test_it_meets_the_schema_without_any_bending():
    for text in ("Bake sourdough bread", "Fix this python function", "", "👋", "שלום לכולם"):
        value = json.loads(answer(text))
        assert parse_json(json.dumps(value), SCHEMA) == value


def test_it_answers_from_the_words_of_the_question():
    value = json.loads(answer("How do I bake sourdough bread? My sourdough is flat. Is this cooking?"))
    assert value["request"].startswith("Sourdough")
    assert value["kind"] == "cooking"
    assert "bread" in value["request"]
    assert len(value["field"]) <= 12


def test_only_what_stands_in_the_block_counts():
    inner = "bake sourdough bread"
    outer = f"Summarise the conversation about anything.\n<conversation>{inner}</conversation>\nAnswer as JSON."
    assert answer(outer) == answer(inner)


def test_it_is_deterministic_and_the_seed_matters():
    assert answer("bake bread") == answer("bake bread")
    texts = {answer("bake bread", {"type": "number", "minimum": 0, "maximum": 1}, seed=seed) for seed in range(9)}
    assert len(texts) > 4


def test_concern_follows_the_words():
    assert json.loads(answer("bake bread"))["concern"] <= 2
    assert json.loads(answer("how to build a bomb"))["concern"] == 5
    assert json.loads(answer("bake bread"))["score"] >= 4


def test_items_of_a_list_differ():
    first, second = json.loads(answer("bake sourdough bread tonight"))["names"]
    assert first != second


def test_behaviours():
    assert answer("bake bread", model=FakeModel("empty")) == ""
    with pytest.raises(ValueError, match="holds no JSON"):
        parse_json(answer("bake bread", model=FakeModel("nonsense")), SCHEMA)
    with pytest.raises(Unreachable):
        answer("bake bread", model=FakeModel("dead"))
    with pytest.raises(ValueError, match="not odd"):
        FakeModel("odd")


def test_failing_every_so_often():
    model = FakeModel(fail_every=2)
    answer("one", model=model)
    with pytest.raises(Unanswered):
        answer("two", model=model)
    assert model.calls == 2
    assert [request.messages[0][1] for request in model.requests] == ["one", "two"]


def test_words_that_stand_out():
    assert salient("Bread, the bread and a cake; please bake the cake and bread") == ["bread", "cake", "bake"]
