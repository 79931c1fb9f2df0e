"""Near copies of one text are one text."""

import pytest

from clioscope.conversations.texts.near_copies import copies_table, with_new_texts

PLANTED = "My neighbour Jelena Karapetyan of Dorfstrasse has an illness, and I want a letter about it, please. Copy {}"


def numbers(*texts):
    return copies_table([f"c{n:03}" for n in range(len(texts))], texts)["text"].to_list()


def test_case_blanks_and_signs_do_not_count() -> None:
    assert numbers("Hi there!", "hi  there", "Hello there") == [0, 0, 1]


def test_copies_that_are_numbered_are_one_text() -> None:
    assert set(numbers(*(PLANTED.format(n) for n in range(200)))) == {0}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("How do I bake bread at home?", "How do I fix a flat tyre?"),
        ("Write a poem about autumn leaves in seven verses", "Write a poem about the sea for my mother"),
        ("2 + 3", "7 + 12"),
        ("预订一张靠窗的餐桌", "请帮我写一封辞职信"),
    ],
)
def test_other_questions_are_other_texts(one, other) -> None:
    assert numbers(one, other) == [0, 1]


def test_what_says_nothing_is_nobodys_copy() -> None:
    assert numbers("", None, "?!", "") == [0, 1, 2, 3]


def test_new_texts_are_found_among_the_old_without_these() -> None:
    old = copies_table(["b", "d"], [PLANTED.format(1), "How do I bake bread?"])
    table = with_new_texts(old, ["a", "c", "e"], [PLANTED.format(77), "how do I bake bread", "Something else"])
    assert dict(table.select("conversation", "text").iter_rows()) == {"a": 0, "b": 0, "c": 1, "d": 1, "e": 2}
    assert table["conversation"].is_sorted()
    assert "Jelena" not in str(table["signature"].to_list())
