"""The sliding buffer: records across chunk borders, long records, damage in the middle."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clioscope.conversations.records import json_window
from clioscope.conversations.records.json_array import json_values

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(st.lists(VALUES, max_size=5), st.integers(1, 7), st.booleans(), st.sampled_from([None, 1]))
def test_any_array_in_any_chunks(values: list[object], chunk: int, ascii_: bool, indent: int | None) -> None:
    data = json.dumps(values, ensure_ascii=ascii_, indent=indent).encode("utf-8", "surrogatepass")
    before, json_window.CHUNK = json_window.CHUNK, chunk
    try:
        got = list(json_values(io.BytesIO(data), array=True))
    finally:
        json_window.CHUNK = before
    assert [record.error for record in got] == [None] * len(values)
    assert [record.value for record in got] == json.loads(data.decode("utf-8", "replace"))
    assert [record.line for record in got] == list(range(1, len(values) + 1))


def test_a_record_longer_than_many_chunks() -> None:
    long = ["x" * (5 * json_window.CHUNK)]
    got = list(json_values(io.BytesIO(json.dumps([long, 1]).encode()), array=True))
    assert [record.value for record in got] == [long, 1]


@pytest.mark.parametrize(
    ("text", "values", "error"),
    [
        ('[{"a": 1}', [{"a": 1}], "not closed"),
        ('[{"a": 1}, {"a": "x', [{"a": 1}], "cut off within this record"),
        ('[{"a": 1}] and more', [{"a": 1}], "text after the end"),
    ],
)
def test_damage_ends_the_reading_with_a_reason(text: str, values: list[object], error: str) -> None:
    got = list(json_values(io.BytesIO(text.encode()), array=True))
    assert [record.value for record in got[:-1]] == values
    assert error in (got[-1].error or "")
    assert got[-1].line == len(values) + 1


def outcome(text: str, *, array: bool = True) -> list[object]:
    """Values, and for what is none how many elements it stands for."""
    return [
        record.lines if record.error is not None else record.value
        for record in json_values(io.BytesIO(text.encode("utf-8", "surrogateescape")), array=array)
    ]


ROWS = [{"id": n, "messages": [{"role": "user", "content": f'{n} "{{'}]} for n in range(6)]


@pytest.mark.parametrize("indent", [None, 0, 1, 4])
@pytest.mark.parametrize(
    "damage", [("3 ", '3 "'), ('"id": 3', '"id" 3'), ('"content": "3', '"content": 3'), ('"messages"', "messages")]
)
def test_behind_a_damaged_element_the_reading_goes_on(indent: int | None, damage: tuple[str, str]) -> None:
    text = json.dumps(ROWS, indent=indent)
    start = text.index('"id": 3')
    text = text[:start] + text[start:].replace(*damage, 1)
    assert outcome(text) == [*ROWS[:3], 1, *ROWS[4:]]


def test_two_damaged_elements_in_a_row_are_two() -> None:
    text = json.dumps(ROWS).replace('"id": 3', '"id": x3').replace('"id": 2', '"id": x2')
    got = list(json_values(io.BytesIO(text.encode()), array=True))
    assert [record.lines for record in got if record.error is not None] == [2]
    assert [(record.line, record.value) for record in got[3:]] == [(5, ROWS[4]), (6, ROWS[5])]


def test_a_damaged_first_element_is_passed_where_the_indent_shows_the_next() -> None:
    text = json.dumps(ROWS, indent=2).replace('"id": 0', '"id": x')
    assert outcome(text) == [1, *ROWS[1:]]


def test_nested_objects_that_look_like_elements_are_never_taken_for_them() -> None:
    trees = [{"id": n, "text": "x", "replies": [{"id": n * 10, "text": "y", "replies": []}]} for n in range(4)]
    text = json.dumps(trees).replace('"id": 2,', '"id": x,')
    *values, last = json_values(io.BytesIO(text.encode()), array=True)
    assert [record.value for record in values] == trees[:2]
    rest = len(text) - text.index('{"id": x')
    assert f"the rest of the file was not read: {rest:,} bytes, 49.8 %" in (last.error or "")


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ('[{"a": 1} {"a": 2}]', [{"a": 1}, {"a": 2}]),
        ('[\n{"a": 1},\n{"a": 2},\n]\n', [{"a": 1}, {"a": 2}]),
    ],
)
def test_commas_too_few_or_too_many_cost_nothing(text: str, values: list[object]) -> None:
    assert outcome(text) == values


def test_pretty_objects_one_after_the_other() -> None:
    text = "\n".join(json.dumps(row, indent=2) for row in ROWS)
    assert outcome(text, array=False) == ROWS
    assert outcome(text.replace('"id": 3', '"id": x'), array=False) == [*ROWS[:3], 1, *ROWS[4:]]


def test_bad_bytes_cost_the_element_that_holds_them() -> None:
    rows = [{"id": n, "text": "caf\u00e9"} for n in range(3)]
    text = json.dumps(rows, ensure_ascii=False)
    place = text.index("\u00e9", text.index('"id": 1'))
    got = list(
        json_values(
            io.BytesIO((text[:place] + "\udce9" + text[place + 1 :]).encode("utf-8", "surrogateescape")), array=True
        )
    )
    assert [record.value for record in got] == [rows[0], None, rows[2]]
    assert got[1].error == "not valid UTF-8 (byte 23)"
