"""A phrase that breaks off is noticed, and its whole beginning is found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clioscope.conversations.texts.whole import breaks_off, sentences, whole_phrase, whole_sentences


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("Build a Docker image for a React Gatsby frontend and", "Build a Docker image for a React Gatsby frontend"),
        ("Write a letter to the", "Write a letter"),
        ("Write code (Python", "Write code"),
        ("Sort lists,", "Sort lists"),
        ("Rewrite texts…", "Rewrite texts"),
        ('Explain "time', "Explain time"),
        ("Работа с текстами и", "Работа с текстами"),
        ("Создание сайтов для", "Создание сайтов"),
        ("Texte schreiben und", "Texte schreiben"),
        ("Rédaction de lettres pour les", "Rédaction de lettres"),
        ("番茄的种植和", "番茄的种植"),
        ("The", ""),
    ],
)
def test_loose_ends_go(text: str, whole: str) -> None:
    assert breaks_off(text)
    assert whole_phrase(text) == whole


@pytest.mark.parametrize(
    "text",
    [
        "Plan B",
        "Vitamin E",
        "Explain how to log in",
        "Explain what a word is used for",
        "Learn C++",
        "Learn C#",
        "Improve search engines (SEO)",
        "Decide what to do",
        "Уход за растениями",
        "番茄的种植",
        "Questions about IT",
        "",
    ],
)
def test_whole_phrases_stay(text: str) -> None:
    assert not breaks_off(text)
    assert whole_phrase(text) == text


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("Develop a marketing strategy for a small local", "Develop a marketing strategy"),
        ("Build a Docker image for a frontend and", "Build a Docker image for a frontend"),  # it was cut at a joint
        ("Sort lists, write", "Sort lists"),
        ("Создание плана обучения новых", "Создание плана обучения"),
        ("Explain stars", "Explain stars"),
        ("Sort lists, paint a", "Sort lists"),
    ],
)
def test_after_a_cut_the_last_part_goes(text: str, whole: str) -> None:
    assert whole_phrase(text, cut=True) == whole


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("Users asked for this. And that, wh", "Users asked for this."),
        ("Users asked for a long list of things,", "Users asked for a long list of things."),
        ("Users asked for help", "Users asked for help."),
        ("Users asked about the", ""),
        ("Users asked e.g. for bread. They", "Users asked e.g. for bread."),
        ("Пользователи просили хлеба, т. е. еды. Они хотели", "Пользователи просили хлеба, т. е. еды."),
        ("用户询问番茄。他们想要", "用户询问番茄。"),
        ("", ""),
    ],
)
def test_descriptions_end_whole(text: str, whole: str) -> None:
    assert whole_sentences(text) == whole


def test_at_the_limit_a_sentence_was_cut() -> None:
    text = "Users asked for help with the installation of old"
    assert whole_sentences(text) == f"{text}."
    assert whole_sentences(text, limit=len(text)) == "Users asked for help with the installation."


def test_sentences_are_told_apart() -> None:
    assert sentences('Users asked "why?" They wanted it, i.e. bread. Now!') == [
        'Users asked "why?"',
        "They wanted it, i.e. bread.",
        "Now!",
    ]


LOOSE = "write a poem about (snow) and stars, the в и сайты (of 番茄 和 C++ -"


@given(st.lists(st.sampled_from(LOOSE.split()), max_size=9))
def test_what_is_left_never_breaks_off(words: list[str]) -> None:
    text = " ".join(words)
    for cut in (False, True):
        left = whole_phrase(text, cut=cut)
        assert not breaks_off(left)
        assert whole_phrase(left) == left
