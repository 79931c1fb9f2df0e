"""What tells one group from another in its own words."""

import numpy as np
import pytest

from clioscope.naming.phrases import distinguishing_phrases


def test_words_of_one_group_stand_before_words_of_all(texts, labels) -> None:
    found = distinguishing_phrases(texts, labels)
    assert [phrases[0] for phrases in found] == ["bake rye", "write poem", "excel column"]
    for group, phrases in enumerate(found):
        assert not {"the", "with", "about", "an", "of"} & {word for phrase in phrases for word in phrase.split()}, group


def test_no_word_comes_twice_and_no_more_than_asked(texts, labels) -> None:
    for phrases in distinguishing_phrases(texts, labels, count=2):
        words = [word for phrase in phrases for word in phrase.split()]
        assert len(words) == len(set(words))
        assert 1 <= len(phrases) <= 2


def test_of_five_texts_one_cannot_bring_in_its_own_word() -> None:
    texts = ["bake bread quietly"] * 4 + ["bake bread Zanzibar"] + ["write poems"] * 5
    found = distinguishing_phrases(texts, np.repeat([0, 1], 5))
    assert "zanzibar" not in " ".join(found[0])
    few = distinguishing_phrases(["bake zanzibar", "bake bread", "poem"], np.array([0, 0, 1]))
    assert "zanzibar" in " ".join(few[0]), "in a small group every word counts"


@pytest.mark.parametrize(
    ("texts", "labels", "expected"),
    [
        (["🎉 🚀", "??", "12 34"], [0, 1, 1], [[], []]),
        (["the and of", "you"], [0, 1], [[], []]),
        ([], [], []),
        (["🎉", "bake bread"], [0, 1], [[], ["bake bread"]]),
        (["напиши стих", "صلاة الفجر"], [0, 1], [["напиши стих"], ["صلاة الفجر"]]),
    ],
)
def test_texts_with_few_words_or_none(texts, labels, expected) -> None:
    assert distinguishing_phrases(texts, np.array(labels, dtype=int)) == expected


def test_order_of_the_texts_does_not_matter(texts, labels) -> None:
    order = np.random.default_rng(1).permutation(len(texts))
    shuffled = distinguishing_phrases([texts[index] for index in order], labels[order])
    assert shuffled == distinguishing_phrases(texts, labels)
