"""Pairs, texts in turn, and texts with the names of the speakers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from clioscope.conversations.sources.parts.exchanges import exchanges, labelled

TWO = [("user", "Why?"), ("assistant", "So."), ("user", "And?"), ("assistant", "No.")]


@pytest.mark.parametrize(
    "value",
    [
        [{"human": "Why?", "assistant": "So."}, {"human": "And?", "assistant": "No."}],
        [{"user": "Why?", "bot": "So."}, {"User": "And?", "Bot": "No."}],
        [{"question": "Why?", "answer": "So."}, {"question": "And?", "answer": "No."}],
        [{"user": "Why?"}, {"assistant": "So."}, {"user": "And?"}, {"assistant": "No."}],
        [["Why?", "So."], ["And?", "No."]],
        ["Why?", "So.", "And?", "No."],
        ["Human: Why?", "Assistant: So.", "Human: And?", "Assistant: No."],
    ],
)
def test_exchanges(value: Any) -> None:
    for one in (value, json.dumps(value)):
        found = exchanges(one)
        assert found is not None
        assert [(turn["role"], turn["content"]) for turn in found] == TWO


def test_an_answer_that_is_missing_and_speakers_that_are_named() -> None:
    assert exchanges([["Why?", None]]) == [{"role": "user", "content": "Why?"}]
    named = exchanges(["Assistant: Hello, what is it?", "User: The pump."])
    assert [turn["role"] for turn in named or ()] == ["assistant", "user"]


@pytest.mark.parametrize(
    "value", [[], "text", [1, 2], [{"role": "user", "content": "x"}], [{"a": 1}], {"human": "x"}, [["a"]]]
)
def test_no_exchanges(value: Any) -> None:
    assert exchanges(value) is None


@pytest.mark.parametrize(
    "text",
    [
        "### Human: Why?### Assistant: So.### Human: And?### Assistant: No.".replace("###", " ###").strip(),
        "### Human: Why?### Assistant: So.### Human: And?### Assistant: No.",
        "### Human: Why?\n### Assistant: So.\n### Human: And?\n### Assistant: No.",
        "\n\nHuman: Why?\n\nAssistant: So.\n\nHuman: And?\n\nAssistant: No.",
        "USER: Why?\nASSISTANT: So.\nUSER: And?\nASSISTANT: No.</s>",
        "<|im_start|>user\nWhy?<|im_end|>\n<|im_start|>assistant\nSo.<|im_end|>\n<|im_start|>user\nAnd?<|im_end|>\n"
        "<|im_start|>assistant\nNo.<|im_end|>",
        "<|user|>\nWhy?<|end|>\n<|assistant|>\nSo.<|end|>\n<|user|>\nAnd?<|end|>\n<|assistant|>\nNo.<|end|>",
    ],
)
def test_texts_with_the_names_of_the_speakers(text: str) -> None:
    assert labelled(text) == TWO


@pytest.mark.parametrize(
    "text",
    ["Why?", "User: ann\nBrowser: any", "My log says\nUser: a\nAssistant: b", "Assistant: hello", "Human beings: why?"],
)
def test_texts_that_are_left_whole(text: str) -> None:
    assert labelled(text) is None
