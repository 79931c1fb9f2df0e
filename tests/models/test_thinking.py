"""Thinking is never the answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clioscope.models.thinking import still_thinking, strip_thinking, thinking_of


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("plain", "plain"),
        ("<think>a</think>b", "b"),
        ("<think>\na\nc\n</think>\n\nb\n", "b"),
        ("<think></think>b", "b"),
        ("a, not opened</think>b", "b"),
        ('<think>never closed, so {"topic": 1}', ""),
        ("<think>a</think>b<think>c</think> d", "b d"),
        ("<think>a <think>b</think> c</think>d", "d"),
        ("<think>a</think>b<think>never closed", "b"),
        ("<THINK>a</Think>b", "b"),
        ("<thinking>a</thinking>b", "b"),
        ('{"topic": "the <think> tag"}', '{"topic": "the <think> tag"}'),
        ('{"topic": "from <think> to </think>"}', '{"topic": "from <think> to </think>"}'),
        ('{"draft": 1}</think>{"topic": 1}', '{"topic": 1}'),
        ("</think>", ""),
        ("", ""),
    ],
)
def test_what_is_left(text, answer):
    assert strip_thinking(text) == answer


@given(st.text(alphabet="abc {}<>/"), st.text(alphabet="xyz ", min_size=1))
def test_what_was_thought_is_gone_wherever_the_block_begins(thought, answer):
    assert strip_thinking(f"<think>{thought}</think>{answer}") == answer.strip()
    assert strip_thinking(f"{thought}</think>{answer}") == answer.strip()


def test_the_thought_itself():
    assert thinking_of("<think>\na\n</think>b") == "a"
    assert thinking_of("a</think>b") == "a"
    assert thinking_of("a, never closed") == "a, never closed"


def test_whether_it_is_still_thinking():
    assert still_thinking("<think>a", opened=False)
    assert not still_thinking("<think>a</think>", opened=False)
    assert still_thinking("a", opened=True)
    assert not still_thinking("a", opened=False)
    assert not still_thinking("a</think>b", opened=True)
