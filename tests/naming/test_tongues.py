"""In which languages the texts of groups are."""

from clioscope.naming.tongues import main_language, text_languages

RUSSIAN = [
    "Как испечь ржаной хлеб на закваске дома",
    "Почему тесто для хлеба не поднимается в холодильнике",
    "Сколько времени выпекать булочки с корицей в духовке",
]
ENGLISH = ["How do I bake rye bread at home", "Why does my dough not rise in the fridge", "How long to bake buns"]


def test_each_text_has_its_language_and_a_short_one_that_of_most() -> None:
    texts = [*RUSSIAN, "2 + 2", *ENGLISH[:2]]
    assert text_languages(texts) == ["ru"] * 4 + ["en"] * 2
    assert text_languages([]) == []
    assert text_languages(["", "12"]) == ["en", "en"]


def test_a_language_of_hardly_any_text_is_a_mistake() -> None:
    texts = [*RUSSIAN * 20, "Wie backe ich zu Hause ein gutes Roggenbrot mit Sauerteig"]
    assert set(text_languages(texts)) == {"ru"}


def test_where_nearly_all_are_english_the_others_are_not_looked_for() -> None:
    assert set(text_languages([*ENGLISH * 10, RUSSIAN[0]])) == {"en"}


def test_languages_that_are_known_are_taken() -> None:
    assert text_languages([*ENGLISH, "2 + 2", "x"], ["de", "de", "en", None, "zxx"]) == ["de", "de", "en", "de", "de"]


def test_a_short_text_is_in_the_language_of_its_script() -> None:
    assert text_languages([*ENGLISH, RUSSIAN[0], "да", "ok", "7"], ["en"] * 3 + ["ru", None, None, None]) == [
        *["en"] * 3,
        *["ru", "ru", "en", "en"],
    ]


def test_the_main_language_is_that_of_more_than_half() -> None:
    assert main_language(RUSSIAN + ENGLISH[:1]) == "ru"
    assert main_language(RUSSIAN + ENGLISH) is None
    assert main_language(["12", "👍"]) is None
    assert main_language([]) is None


def test_languages_that_are_known_are_not_told_anew() -> None:
    assert main_language(ENGLISH, ["de", "de", "de"]) == "de"
    assert main_language(ENGLISH, ["de", None, None]) == "en", "the others are told by their text"
    assert main_language(ENGLISH, ["zxx", "zxx", None]) == "en", "a text without words has no say"
