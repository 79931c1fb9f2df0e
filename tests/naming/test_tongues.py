"""In which languages the texts of groups are."""

import numpy as np

from clioscope.naming.tongues import main_language, text_languages

RUSSIAN = [
    "Как испечь ржаной хлеб на закваске дома",
    "Почему тесто для хлеба не поднимается в холодильнике",
    "Сколько времени выпекать булочки с корицей в духовке",
]
ENGLISH = ["How do I bake rye bread at home", "Why does my dough not rise in the fridge", "How long to bake buns"]


def test_each_text_has_its_language_and_a_short_one_that_of_its_group() -> None:
    texts = [*RUSSIAN, "2 + 2", *ENGLISH]
    assert text_languages(texts, np.array([0, 0, 0, 0, 1, 1, 1])) == ["ru"] * 4 + ["en"] * 3


def test_a_language_of_hardly_any_text_of_a_group_is_a_mistake() -> None:
    texts = [*RUSSIAN * 5, "Wie backe ich zu Hause ein gutes Roggenbrot mit Sauerteig"]
    assert set(text_languages(texts, np.zeros(len(texts), int))) == {"ru"}


def test_the_main_language_is_that_of_more_than_half() -> None:
    assert main_language(RUSSIAN + ENGLISH[:1]) == "ru"
    assert main_language(RUSSIAN + ENGLISH) is None
    assert main_language(["12", "👍"]) is None
    assert main_language([]) is None
