"""JSON in cells, and message lists one level down."""

from __future__ import annotations

import json

import pytest

from clioscope.conversations.messages.cells import cell, find_messages, is_cut_off, is_messages

MESSAGES = [{"role": "user", "content": "Why isn't it 'red'?"}]


def test_json_and_python_literals_are_decoded_and_other_text_is_not() -> None:
    assert cell(json.dumps(MESSAGES)) == cell(repr(MESSAGES)) == cell(f" {MESSAGES!r}\n") == MESSAGES
    for text in ("[draft] see below", "{unclosed", "[1, 2", "Why?", "", "[__import__('os')]"):
        assert cell(text) == text
    assert cell(7) == 7


@pytest.mark.parametrize(
    "value",
    [
        MESSAGES,
        json.dumps(MESSAGES),
        {"model": "m", "messages": MESSAGES},
        {"body": {"messages": MESSAGES}},
        json.dumps({"request": {"body": json.dumps({"messages": MESSAGES})}}),
        [[*MESSAGES]],
        {"inputs": {"messages": [MESSAGES]}},
    ],
)
def test_messages_are_found_at_their_depth(value) -> None:
    assert find_messages(value) == MESSAGES


@pytest.mark.parametrize("value", [None, "Why?", [], {}, [1, 2], {"a": {"b": 1}}, [{"name": "x"}], "[1]"])
def test_where_there_are_none_none_are_found(value) -> None:
    assert find_messages(value) is None
    assert not is_messages(value)


TWO = [{"role": "user", "content": 'Why "now"?'}, {"role": "assistant", "content": "So."}]


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(json.dumps(TWO)),
        json.dumps([{"role": "user", "content": "Why now?"}]).replace('"', '\\"'),
        "array([{'role': 'user', 'content': 'Why now?'},\n       {'role': 'gpt', 'content': 'So.'}], dtype=object)",
        "[{'role': 'user', 'content': 'Why now?'}\n {'role': 'assistant', 'content': 'So.'}]",
        "[{'role': 'user', 'content': 'Why now?', 'cost': nan, 'at': datetime.datetime(2026, 1, 2, 3, 4)}]",
        "\n".join(json.dumps(one) for one in TWO),
    ],
)
def test_lists_of_messages_as_programs_put_them_into_cells(text) -> None:
    assert is_messages(text)
    assert not is_cut_off(text)


def test_a_list_of_messages_that_is_cut_off_is_told_from_a_text() -> None:
    assert is_cut_off(json.dumps(TWO)[:-9])
    assert is_cut_off(str(TWO)[:-9])
    assert not is_cut_off("[sic] I wrote: role")
    assert not is_cut_off(json.dumps(["billing"]))
