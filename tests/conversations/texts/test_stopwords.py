"""Words that tell no group from another."""

import pytest

from clioscope.conversations.texts.stopwords import stopwords_of


@pytest.mark.parametrize(
    ("language", "empty", "telling"),
    [
        ("ru", {"они", "также", "очень", "меня"}, {"деньги", "война", "работа", "сервер"}),
        ("zh", {"因为", "每次", "怎么"}, {"孩子", "签证"}),
        ("ar", {"التي", "أكثر"}, {"زيارة", "قصيدة"}),
        ("hi", {"बहुत", "नहीं", "वाला"}, {"घर", "किसान"}),
        ("ka", {"მაგრამ", "უკვე", "რატომ"}, {"სახლი"}),
        ("de", {"nicht", "wurde"}, {"recht"}),
    ],
)
def test_a_list_holds_what_any_text_may_say_and_no_subjects(language: str, empty: set[str], telling: set[str]) -> None:
    found = stopwords_of(language)
    assert empty <= found
    assert not telling & found


@pytest.mark.parametrize("language", ["en", "xx", "no such"])
def test_english_and_unknown_languages_have_no_list_of_their_own(language: str) -> None:
    assert stopwords_of(language) == frozenset()
