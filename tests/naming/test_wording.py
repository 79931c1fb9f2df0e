"""The phrases of labels that no model makes."""

import re
from importlib.resources import files

import pytest

from clioscope.naming.wording import built_in_phrases, language_in, own_language, tag_of, wording

LANGUAGES = ("Arabic", "Chinese", "French", "Georgian", "German", "Hindi", "Portuguese", "Russian", "Spanish")
RUSSIAN = ["Как испечь ржаной хлеб дома", "Почему тесто для хлеба не поднимается"]


@pytest.mark.parametrize("language", [*LANGUAGES, "Ukrainian"])
def test_every_language_has_every_phrase_with_the_same_places(language: str) -> None:
    assert tag_of(language) != "en"
    own, english = wording(language), wording("English")
    assert own.keys() == english.keys()
    for name, phrase in own.items():
        assert sorted(re.findall(r"\{\w+\}", phrase)) == sorted(re.findall(r"\{\w+\}", english[name])), name


def test_all_files_are_languages() -> None:
    found = [file.name for file in files("clioscope.naming").joinpath("wordings").iterdir()]
    assert len(found) == len(LANGUAGES) + 2


def test_a_language_without_phrases_has_the_english_ones() -> None:
    assert wording("Swedish") == wording("English")
    assert language_in("ru", "Russian") == "русский" and language_in("ru", "Swedish") == "Russian"


def test_without_a_model_a_label_is_in_the_language_of_its_texts() -> None:
    assert own_language(RUSSIAN, "English", model=False) == "Russian"
    assert own_language(RUSSIAN, "English", model=True) == "English"
    assert own_language(RUSSIAN, "German", model=False) == "German", "a language that was chosen"
    assert own_language(["Hur bakar jag ett gott rågbröd hemma"], "English", model=False) == "English"


def test_the_phrases_of_all_languages_are_known() -> None:
    assert {"разные вопросы", "Mixed topics", "混合主题"} <= set(built_in_phrases())
    assert "ordinal" not in built_in_phrases()
