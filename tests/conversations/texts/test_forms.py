"""Forms of one word."""

import pytest

from clioscope.conversations.texts.forms import base_form, is_base


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("ru", ["игра", "игры", "игре", "игрой"]),
        ("uk", ["книга", "книги", "книгу"]),
        ("hi", ["किताब", "किताबें"]),
        ("ka", ["წიგნი", "წიგნების"]),
        ("de", ["haus", "häuser"]),
    ],
)
def test_the_forms_of_a_word_have_one_base(language: str, forms: list[str]) -> None:
    assert len({base_form(form, language) for form in forms}) == 1


def test_a_word_that_no_dictionary_has_is_stemmed() -> None:
    assert base_form("аннуитетными", "ru") == base_form("аннуитетный", "ru")


@pytest.mark.parametrize(("word", "language"), [("games", "en"), ("程序", "zh"), ("bitte", "xx"), ("b2b", "ru")])
def test_what_has_no_known_forms_stays_as_it_is(word: str, language: str) -> None:
    assert base_form(word, language) == word


def test_the_form_that_a_dictionary_lists() -> None:
    assert is_base("обучение", "ru") and not is_base("обучения", "ru")
    assert not is_base("bread", "xx")
