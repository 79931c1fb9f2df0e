"""What tells one group from another in its own words."""

import numpy as np
import pytest

from clioscope.naming.phrases import Phrases, distinguishing_phrases
from clioscope.naming.support import Support


def test_words_of_one_group_stand_before_words_of_all(texts, labels) -> None:
    found = distinguishing_phrases(texts, labels)
    assert [phrases[0] for phrases in found] == ["bake rye bread", "poem", "excel column"]
    for group, phrases in enumerate(found):
        ends = {word for phrase in phrases for word in (phrase.split()[0], phrase.split()[-1])}
        assert not {"the", "with", "about", "an", "of"} & ends, group


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
        (["напиши стих", "صلاة الفجر"], [0, 1], [["стих"], ["صلاة الفجر"]]),
    ],
)
def test_texts_with_few_words_or_none(texts, labels, expected) -> None:
    assert distinguishing_phrases(texts, np.array(labels, dtype=int)) == expected


def test_a_phrase_is_what_stands_together() -> None:
    texts = ["Plan: a cover letter, please", "My cover letter (short)", "cover letter 2 go", "sing a song"]
    found = distinguishing_phrases(texts, np.array([0, 0, 0, 1]), count=20)[0]
    assert found[0] == "cover letter"
    assert not {"plan cover", "letter please", "letter short", "letter go"} & set(found)


def test_phrases_are_written_as_most_texts_write_them() -> None:
    texts = ["Tune the SQL server", "an SQL server", "which sql server", "Machine learning now", "on machine learning"]
    found = distinguishing_phrases(texts, np.array([0, 0, 0, 1, 1]))
    assert found[0][0] == "SQL server"
    assert found[1][0] == "machine learning", "a capital at the start of a sentence tells nothing"


def test_no_phrase_begins_or_ends_with_a_verb_of_any_request_or_is_vague() -> None:
    texts = ["solve a word problem", "please solve this word problem now", "I need help with a word problem"]
    texts += ["explain the time zone", "what time zone is it", "time zone information please"]
    found = distinguishing_phrases(texts, np.array([0, 0, 0, 1, 1, 1]))
    assert [phrases[0] for phrases in found] == ["word problem", "time zone"]
    rest = {phrase for phrases in found for phrase in phrases}
    assert not rest & {"solve", "solve a word", "time", "information", "need help", "explain"}


def test_a_piece_of_a_longer_phrase_gives_way_to_it() -> None:
    texts = [
        "my large language model",
        "large language model",
        "a large language model, quick",
        "bake",
        "bread",
        "cake",
    ]
    found = distinguishing_phrases(texts, np.array([0, 0, 0, 1, 1, 1]), count=20)[0]
    assert found[0] == "large language model" and "language model" not in found


def test_what_stands_for_something_removed_is_no_word_and_joins_none() -> None:
    texts = [
        "configure the [removed] server",
        "set up a [removed] server",
        "run [removed] server",
        *["write a poem"] * 3,
    ]
    found = distinguishing_phrases(texts, np.repeat([0, 1], 3))
    assert found[0][0] == "server"
    assert "removed" not in " ".join(found[0])


def test_contractions_are_no_words() -> None:
    texts = ["what's the weather, don't know", "I'd say what's up, weather", "weather, it's j'ai"] + ["bread"] * 3
    assert distinguishing_phrases(texts, np.array([0, 0, 0, 1, 1, 1]))[0] == ["weather"]


def test_where_only_what_sets_apart_is_wanted_there_may_be_nothing() -> None:
    texts = ["rye bread", "rye bread", "rye bread"]
    assert distinguishing_phrases(texts, np.array([0, 0, 1])) == [["rye bread"], ["rye bread"]]
    assert distinguishing_phrases(texts, np.array([0, 0, 1]), lifted=True) == [[], []]


@pytest.mark.parametrize(
    ("texts", "phrase"),
    [
        (
            ["Explícame el contrato de alquiler", "un contrato de alquiler nuevo", "sobre mi contrato de alquiler"],
            "contrato de alquiler",
        ),
        (["Объясни договор аренды квартиры", "мой договор аренды", "какой нужен договор аренды"], "договор аренды"),
        (["Erkläre bitte den Mietvertrag für Studenten", "ein Mietvertrag", "der Mietvertrag ist alt"], "Mietvertrag"),
        (
            ["Explique le contrat de location", "un contrat de location", "mon contrat de location"],
            "contrat de location",
        ),
        (["Como faço um bolo de cenoura", "bolo de cenoura sem leite", "o bolo de cenoura"], "bolo de cenoura"),
        (["Com faig un pa de pessic", "pa de pessic sense ous", "el pa de pessic"], "pa de pessic"),
        (["Kira sözleşmesi nasıl yazılır", "bir kira sözleşmesi", "kira sözleşmesi için"], "kira sözleşmesi"),
        (["Як написати договір оренди", "мій договір оренди", "договір оренди для мене"], "договір оренди"),
        (["اكتب عقد الإيجار من فضلك", "ما هو عقد الإيجار", "عقد الإيجار في مصر"], "عقد الإيجار"),
        (["किराया अनुबंध कैसे लिखें", "एक किराया अनुबंध", "मेरा किराया अनुबंध है"], "किराया अनुबंध"),
        (["Skryf 'n huurkontrak vir my", "die huurkontrak is oud", "wat is 'n huurkontrak"], "huurkontrak"),
        (["როგორ ვცვლი საბურავს", "ახალი საბურავს", "და საბურავს"], "საბურავს"),
        (["ինչպես փոխել անվադողը", "նոր անվադողը", "և անվադողը"], "անվադողը"),
    ],
)
def test_whole_phrases_in_many_languages(texts: list[str], phrase: str) -> None:
    other = ["bake rye bread", "rye bread", "more rye bread"]
    found = distinguishing_phrases(texts + other, np.array([0, 0, 0, 1, 1, 1]), support=Support(texts + other, 3))
    assert found[0] == [phrase]


def test_a_phrase_needs_people_behind_it() -> None:
    texts = ["call Jelena in Oslo", "ask Jelena in Oslo", "tell Jelena in Oslo", *["book a table in Oslo"] * 3]
    labels = np.zeros(6, dtype=int)
    three = Support(texts, 3)
    assert any("Jelena" in phrase for phrase in distinguishing_phrases(texts, labels, 20, three)[0])
    of_two = Support(texts, 3, [["u1"], ["u1"], ["u2"], ["u3"], ["u4"], ["u5"]])
    found = distinguishing_phrases(texts, labels, 20, of_two)[0]
    assert found and not any("Jelena" in phrase for phrase in found)


def test_order_of_the_texts_does_not_matter(texts, labels) -> None:
    order = np.random.default_rng(1).permutation(len(texts))
    shuffled = distinguishing_phrases([texts[index] for index in order], labels[order])
    assert shuffled == distinguishing_phrases(texts, labels)


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (
            ["番茄叶子发黄怎么办", "什么时候种番茄", "番茄要浇水吗", "签证怎么办理", "去法国的签证", "签证过期了"],
            ["番茄", "签证"],
        ),
        (
            ["トマトの葉が丸まる", "トマトを植える", "トマトの水やり", "卵を茹でる", "卵の殻", "半熟の卵です"],
            ["トマト", None],
        ),
        (["ปลูกมะเขือเทศ", "มะเขือเทศใบเหลือง", "รดน้ำมะเขือเทศ", "ต้มไข่", "ไข่แดง", "ทอดไข่"], ["มะเขือเทศ", "ไข่"]),
        (["हिन्दी में लिखो", "हिन्दी सीखना", "हिन्दी कविता", "रोटी बनाना", "मीठी रोटी", "रोटी का आटा"], ["हिन्दी", "रोटी"]),
    ],
)
def test_words_of_scripts_with_marks_and_without_blanks(texts: list[str], expected: list[str | None]) -> None:
    found = distinguishing_phrases(texts, np.array([0, 0, 0, 1, 1, 1]), support=Support(texts, 3))
    for phrases, word in zip(found, expected, strict=True):
        assert word is None or word.startswith(phrases[0]), "a word, or the first of two it is made of"


def test_phrases_without_blanks_are_written_without_blanks() -> None:
    texts = ["李子树的修剪", "李子树开花", "种李子树"] + ["面包"] * 3
    found = distinguishing_phrases(texts, np.array([0, 0, 0, 1, 1, 1]))[0]
    assert not any(" " in phrase for phrase in found)
    assert any("李子" in phrase for phrase in found)


def test_accents_written_apart_make_no_other_word() -> None:
    texts = ["e\u0301tudes avance\u0301es", "\u00e9tudes avanc\u00e9es", "pain noir"]
    assert distinguishing_phrases(texts, np.array([0, 0, 1]))[0] == ["études avancées"]


def test_russian_names_hold_no_stop_words_and_each_word_once() -> None:
    texts = [
        "Они также очень хотят машинное обучение понять",
        "Они также читают про машинного обучения модель",
        "Также они очень любят машинное обучение",
        "Игра для детей, они очень любят эту игру",
        "Они также любят игры для детей",
        "Мы играем, они очень рады новой игре",
    ]
    first, second = distinguishing_phrases(texts, np.array([0, 0, 0, 1, 1, 1]), support=Support(texts, 3))
    assert first == ["машинное обучение"]
    assert second == ["игра"], "the form of dictionaries, in small letters as inside of sentences"


def test_phrases_of_some_texts_are_those_of_the_texts_alone(texts, labels) -> None:
    rows = [row for row in range(len(texts)) if row % 3]
    alone = distinguishing_phrases([texts[row] for row in rows], labels[rows])
    assert Phrases(texts).among(rows).distinguishing(labels[rows]) == alone


def test_phrases_of_some_groups_are_those_that_all_have(texts, labels) -> None:
    every = Phrases(texts).distinguishing(labels)
    some = Phrases(texts).distinguishing(labels, only={1})
    assert some[1] == every[1] and not any(own for group, own in enumerate(some) if group != 1)
