"""The sliding buffer: records across chunk borders, long records, damage in the middle."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clioscope.conversations import json_window
from clioscope.conversations.json_array import json_values

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
        ('[{"a": 1}, {"a": tru, "b": 2}, {"a": 3}, {"a": 4}]', [{"a": 1}], "expecting value, column"),
        ('[{"a": 1} {"a": 2}]', [{"a": 1}], "no comma between records"),
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
