"""Reading JSON answers."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from clioscope.models.parse import cut, parse_json

SCHEMA = {
    "type": "object",
    "properties": {
        "topic": {"type": "string", "maxLength": 20},
        "score": {"type": "integer", "minimum": 1, "maximum": 5},
        "kind": {"enum": ["Work", "Play"]},
        "tags": {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 2},
    },
    "required": ["topic", "score"],
    "additionalProperties": False,
}
GOOD = {"topic": "bread", "score": 2}


@pytest.mark.parametrize(
    "text",
    [
        '{"topic": "bread", "score": 2}',
        ' \n{"topic":"bread","score":2}\n',
        '```json\n{"topic": "bread", "score": 2}\n```',
        '```\n{"topic": "bread", "score": 2}\n```\nI hope this helps!',
        'Sure! Here it is: {"topic": "bread", "score": 2} Anything else?',
        'Given {x} and [y]: {"topic": "bread", "score": 2}',
        'First {"topic": "bread"} then {"topic": "bread", "score": 2}',
        '{"topic": "bread", "score": 2,}',
        '{"topic": "bread", "score": "2"}',
        '{"topic": "bread", "score": 2.0}',
        '{"topic": "bread", "score": 2, "extra": true}',
        '\ufeff{"topic": "bread", "score": 2}',
    ],
)
def test_the_answer_is_found(text):
    assert parse_json(text, SCHEMA) == GOOD


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "the answer is empty"),
        ("I cannot do that.", "the answer holds no JSON"),
        ('{"topic": "bread", "sco', "the answer holds no JSON"),
        ("[1, 2]", "the answer is not an object"),
        ('{"topic": "bread"}', "score is missing"),
        ('{"topic": ["bread"], "score": 2}', "topic is not text"),
        ('{"topic": true, "score": 2}', "topic is not text"),
        ('{"topic": "bread", "score": 6}', "score is 6, beyond its maximum 5"),
        ('{"topic": "bread", "score": 0}', "score is 0, beyond its minimum 1"),
        ('{"topic": "bread", "score": 2.5}', "score is not a whole number"),
        ('{"topic": "bread", "score": true}', "score is not a number"),
        ('{"topic": "bread", "score": NaN}', "score is not a number"),
        ('{"topic": "bread", "score": Infinity}', "score is not a whole number"),
        ('{"topic": "bread", "score": "high"}', "score is not a number"),
        ('{"topic": "bread", "score": 2, "kind": "rest"}', 'kind is "rest", none of the allowed values'),
        ('{"topic": "bread", "score": 2, "tags": []}', "tags has 0 items, fewer than 1"),
        ('{"topic": "bread", "score": 2, "tags": [1, {}]}', r"tags\[1\] is not text"),
    ],
)
def test_the_reason_names_the_field(text, reason):
    with pytest.raises(ValueError, match=f"^{reason}"):
        parse_json(text, SCHEMA)


def test_what_the_schema_allows_is_bent_to_it():
    text = '{"topic": "how to bake bread at home", "score": 1, "kind": " work", "tags": ["a", 2, "c"]}'
    assert parse_json(text, SCHEMA) == {"topic": "how to bake bread at", "score": 1, "kind": "Work", "tags": ["a", "2"]}


def test_a_long_text_is_cut_at_a_word_unless_that_costs_too_much():
    assert cut("how to bake bread at home", 19) == "how to bake bread"
    assert cut("how to bake bread, at home", 18) == "how to bake bread,"
    assert cut("a " + "b" * 30, 10) == "a bbbbbbbb"
    assert cut("0123456789 and more", 10) == "0123456789"


@given(st.text(min_size=1), st.integers(1, 40))
def test_a_cut_text_is_a_beginning_no_longer_than_asked(text, most):
    if len(text) > most:
        short = cut(text, most)
        assert len(short) <= most and text.startswith(short)


def test_without_a_schema_any_json_will_do():
    assert parse_json("the list: [1, 2]") == [1, 2]


class Part(BaseModel):
    name: str
    weight: float | None = None


class Whole(BaseModel):
    parts: list[Part] = Field(max_length=3)
    sure: bool = False
    counts: dict[str, int] = {}


def test_a_schema_made_by_pydantic():
    text = '{"parts": [{"name": "a", "weight": "1.5"}, {"name": "b", "weight": null}], "sure": "yes"}'
    value = parse_json(text, Whole.model_json_schema())
    assert value == {
        "parts": [{"name": "a", "weight": 1.5}, {"name": "b", "weight": None}],
        "sure": True,
    }
    assert parse_json('{"parts": [], "counts": {"n": "1"}}', Whole.model_json_schema())["counts"] == {"n": 1}
    with pytest.raises(ValueError, match=r"parts\[0\]\.name is missing"):
        parse_json('{"parts": [{}]}', Whole.model_json_schema())


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)


@given(JSON)
def test_strict_json_is_never_changed_without_a_schema(value):
    assert parse_json(json.dumps(value)) == value


@given(st.text())
def test_no_text_breaks_it(text):
    try:
        value = parse_json(text, SCHEMA)
    except ValueError:
        return
    assert set(value) <= set(SCHEMA["properties"])


def test_deep_nesting_is_a_plain_failure():
    with pytest.raises(ValueError, match="holds no JSON"):
        parse_json("[" * 200_000, SCHEMA)
