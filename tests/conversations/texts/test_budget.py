"""Pouring a budget, and choosing what is new."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clioscope.conversations.texts.budget import choose_novel, share_budget

VESSELS = st.lists(st.tuples(st.floats(0, 50), st.floats(0, 100), st.floats(0.5, 4)), min_size=1, max_size=9)


@settings(max_examples=200, deadline=None)
@given(VESSELS, st.floats(0, 500))
def test_pour_spends_the_budget_and_keeps_the_bounds(vessels: list[tuple[float, float, float]], budget: float) -> None:
    least, extra, weights = (list(column) for column in zip(*vessels, strict=True))
    most = [a + b for a, b in zip(least, extra, strict=True)]
    shares = share_budget(least, most, weights, budget)
    for low, share, high in zip(least, shares, most, strict=True):
        assert low - 1e-9 <= share <= high + 1e-9
    spent = max(sum(least), min(budget, sum(most)))
    assert sum(shares) == pytest.approx(spent)


def test_pour_by_weight() -> None:
    assert share_budget([0, 0, 0], [100, 100, 2], [2, 1, 1], 32) == pytest.approx([20, 10, 2])


def test_the_turn_that_says_something_new_is_chosen() -> None:
    texts = [
        "Write a python function that sorts a list of numbers",
        "now sort the list of numbers in python the other way",
        "thanks",
        "Plan a holiday to Norway with two children in winter",
        "write the python function again",
    ]
    assert choose_novel(texts, {0}, [1.0] * 5, 1.0) == {0, 3}
    assert choose_novel(texts, {0}, [1.0] * 5, 0.5) == {0}
    assert choose_novel(texts, {0}, [1.0] * 5, 9.0) == {0, 1, 2, 3, 4}


def test_scripts_without_blanks() -> None:
    texts = ["请帮我写一个排序函数", "请帮我再写一个排序函数", "冬天带孩子去挪威旅游的计划"]
    assert choose_novel(texts, {0}, [1.0] * 3, 1.0) == {0, 2}


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=6), min_size=1, max_size=8), st.integers(0, 8))
def test_the_lazy_heap_is_the_plain_greedy(letters: list[list[str]], count: int) -> None:
    texts = [" ".join(letter * 4 for letter in row) for row in letters]
    words = [set(text.split()) for text in texts]
    chosen, seen = {0}, set(words[0])
    while len(chosen) < min(count + 1, len(texts)):
        best = min(
            (i for i in range(len(texts)) if i not in chosen),
            key=lambda i: (-len(words[i] - seen) / (len(words[i]) + 4), i),
        )
        chosen.add(best)
        seen |= words[best]
    assert choose_novel(texts, {0}, [1.0] * len(texts), float(count)) == chosen
