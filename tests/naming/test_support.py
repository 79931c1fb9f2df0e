"""A name holds no specific detail that too few people wrote."""

import pytest

from clioscope.naming.support import Support, specific_words

TEXTS = ["write an essay for Apollo hospital", "essay about python", "Python code", "fix Python code", "essays on art"]
SUPPORT = Support(TEXTS, 3)
ALL = range(len(TEXTS))


def test_a_name_of_one_conversation_is_unsupported():
    assert SUPPORT.unsupported("Letters to Apollo", ALL) == ["Apollo"]
    assert SUPPORT.unsupported("Apollo letters", ALL) == ["Apollo"]


def test_the_first_word_of_a_name_has_a_capital_in_any_case():
    russian = Support(["Создать сайт для Аполлона", "Написать письмо в Ромашку", "Python"] * 2, 3)
    assert russian.unsupported("Создание сайтов", range(6)) == []
    assert russian.unsupported("Письма: Аполлон", range(6)) == ["Аполлон"]
    assert russian.unsupported("Аполлону", range(6)) == ["Аполлону"]  # the form differs, the name is there
    assert russian.unsupported("Zanzibar2 письма", range(6)) == ["Zanzibar2"]


def test_a_name_that_only_begins_sentences_is_a_specific_detail():
    support = Support(["Apollo is down", "Is it down again?", "it is down"], 3)
    assert support.unsupported("Apollo downtime", range(3)) == ["Apollo"]


def test_what_many_write_or_any_writes_small_is_supported():
    assert SUPPORT.unsupported("Write Python Essays", ALL) == []


def test_small_groups_need_all_their_members():
    assert SUPPORT.unsupported("Apollo essay", [0]) == []
    assert SUPPORT.unsupported("Apollo essay", [0, 1]) == ["Apollo"]


def test_sentences_with_unsupported_details_are_left_out():
    text = "essays were written. One was for Apollo. Python code was fixed."
    assert SUPPORT.supported_sentences(text, ALL) == "essays were written. Python code was fixed."


@pytest.mark.parametrize("text", ["Users asked for bread.", "They asked how to bake.", "Пользователи просили bread."])
def test_a_description_may_begin_though_no_conversation_has_the_word(text):
    support = Support(["How do I bake bread? Asked how."] * 5, 3)
    assert support.supported_sentences(text, range(5)) == text
    assert support.supported_sentences(f"{text} Zanzibar Ltd is named.", range(5)) == text


def test_people_count_not_conversations():
    texts = ["a plan for Apollo", "the Apollo plan", "plan about Apollo", "plan"]
    assert Support(texts, 3).unsupported("Plans of Apollo", range(4)) == []
    one = Support(texts, 3, [["u1"], ["u1"], ["u1"], ["u2"]])
    assert one.unsupported("Plans of Apollo", range(4)) == ["Apollo"]
    shared = Support(["a plan for Apollo"], 3, [["u1", "u2", "u3"]])
    assert shared.unsupported("Plans of Apollo", [0]) == [], "one text that three wrote"
    assert Support(texts, 3, [[], [], [], ["u2"]]).unsupported("Plans of Apollo", range(4)) == []


@pytest.mark.parametrize(
    ("name", "word", "often"),
    [("番茄种植", "王小明", "番茄"), ("زراعة الطماطم", "إسكندرية", "الطماطم"), ("टमाटर की खेती", "रामपुर", "टमाटर")],
)
def test_scripts_without_capitals(name: str, word: str, often: str) -> None:
    texts = [f"{often} {number}" for number in range(4)] + [f"{often} {word}"]
    support = Support(texts, 3)
    assert support.unsupported(name, range(5)) == [], "the model's own words, and those of many"
    found = support.unsupported(f"{often} {word}", range(5))
    assert found and "".join(found) in word, "a word of one conversation"
    assert support.unsupported(f"{often} {word}", [4]) == []


def test_details_in_chinese_are_found() -> None:
    texts = ["给Apollo医院写信", "写信给医院", "医院写信"]
    assert Support(texts, 3).unsupported("给Apollo写信", range(3)) == ["Apollo"]


def test_every_author_and_every_text_counts_once():
    texts, owners = ["a", "b", "c", "d"], [["u"], ["u"], ["v"], ["w"]]
    weights = Support(texts, 3, owners).weights(range(4))
    assert weights is not None and weights.tolist() == [0.5, 0.5, 1, 1]
    weights = Support(texts, 3, owners, copies=[0, 1, 2, 2]).weights(range(4))
    assert weights is not None and weights.tolist() == [0.5, 0.5, 0.5, 0.5]
    assert Support(texts, 3).weights(range(4)) is None and Support(texts, 3, owners).weights([0, 2, 3]) is None


def test_specific_words_have_a_capital_within_a_sentence():
    assert specific_words("Write C# or .NET code") == ["C#", "NET"]
    assert specific_words("Облака Azure или Google Cloud") == ["Azure", "Google", "Cloud"]
    assert specific_words("Book tickets") == specific_words("Analyse data") == []
