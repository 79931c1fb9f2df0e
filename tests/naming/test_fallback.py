"""A group without a shared word still has a name that tells something, and quotes what several people wrote only."""

import numpy as np
import pytest

from clioscope.naming.fallback import phrase_label, plain_label, spare_labels, titles
from clioscope.naming.support import Support


def name(texts: list[str], language: str = "English", owners: list[list[str]] | None = None) -> str:
    rows = list(range(len(texts)))
    return plain_label(texts, rows, Support(texts, 3, owners), 10, language).name


QUESTIONS = ["When should I prune a plum tree?", "Why does this loop skip elements?", "How long do I boil an egg?"]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (QUESTIONS, "Various questions in English"),
        (["Plan three days in Lisbon", "Write a poem on the sea", "Summarise the annual report"], "Various requests"),
        (["👍", "🙂🙂", "🎉", "👍👍"], "Emoji"),
        (["👍", "👍🏽", "👍!", "🎉"], "Emoji: 👍"),
        (["???", "...", "!!!", "👍"], "Punctuation and emoji"),
        (["1", "42", "0x00", "12345"], "Numbers"),
        (["why", "Why?", "why!", "what", "k"], "Short messages: why"),
        (["why", "what", "k"], "Short messages"),
        (["👍", "🙂", *QUESTIONS], "Emoji, various questions in English"),
        (["```py\nx = 1\n```", "fix\n```js\nlet y;\n```", "```c\nint z;\n```\nthis"], "Various code"),
        (
            ["The ship left port and the sailors sang of home. " * 20] * 2 + ["Snow fell all night long. " * 40],
            "Various long",
        ),
    ],
)
def test_the_kind_of_messages_is_named(texts: list[str], expected: str) -> None:
    assert name(texts).startswith(expected)


def test_the_name_is_in_the_language_of_the_atlas() -> None:
    assert name(QUESTIONS, "Russian") == "Разные вопросы (английский)"
    assert name(["👍", "???"] * 3, "Russian").startswith("Эмодзи и знаки препинания")
    assert phrase_label(["хлеб"], 10, "Russian").description == "Отличается словами: хлеб."


def test_what_one_person_wrote_is_not_quoted() -> None:
    texts = ["zanzibar", "Zanzibar!", "zanzibar?", "why", "why", "why"]
    assert "zanzibar" in name(texts)
    assert name(texts, owners=[["u1"], ["u1"], ["u1"], ["u2"], ["u3"], ["u4"]]) == "Short messages: why"


def test_phrases_make_a_label() -> None:
    found = phrase_label(["salt", "rye bread", "oven", "crust"], 10)
    assert found[:3] == ("Rye bread, salt", "Set apart by: salt, rye bread, oven, crust.", found.phrases)
    assert found.phrases == ("salt", "rye bread", "oven", "crust")


def test_titles_are_one_or_two_phrases() -> None:
    made = titles(["salt", "rye bread", "oven"], 10)
    assert made == ["Rye bread, salt", "Salt, oven", "Rye bread, oven", "Rye bread"]
    assert titles(["salt"], 10) == ["Salt"], "a single word only where there is nothing else"
    assert titles([], 10) == []
    assert titles(["one two three", "four five six"], 3) == ["One two three", "Four five six"]


def test_two_groups_of_one_kind_are_told_apart_by_common_words() -> None:
    texts = ["How is it done?", "How was she?", "How are they?", "What is it?", "What was he?", "What are we?"]
    made = spare_labels(texts, np.array([0, 0, 0, 1, 1, 1]), [[], []], Support(texts, 3), 10, ["English"] * 2)
    assert [label.name.rpartition(": ")[2] for label in made] == ["“how”", "“what”"]
    assert all(label.description for label in made)


def test_groups_with_phrases_keep_them() -> None:
    made = spare_labels(
        ["bake bread", "👍"], np.array([0, 1]), [["bread"], []], Support(["bake bread", "👍"], 3), 10, ["English"] * 2
    )
    assert [label.name for label in made] == ["Bread", "Emoji: 👍"]
