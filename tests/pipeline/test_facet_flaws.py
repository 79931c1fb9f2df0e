"""What is wrong with a facet: each finding for a facet that was made bad on purpose, none for good ones."""

import numpy as np
import pytest

from clioscope.facets.builtin import BUILT_IN
from clioscope.facets.facet import Facet
from clioscope.pipeline.facet_flaws import distinct_values, facet_flaws, shown_value


def text(**fields) -> Facet:
    return Facet(**{"name": "product", "question": "the product", "words": (1, 3), **fields})


MOOD = Facet(name="mood", type="category", question="the mood", categories=("calm", "cross", "pleased"))
ANGER = Facet(name="anger", type="score", question="how angry", minimum=1, maximum=5)
WAIT = Facet(name="wait", type="number", question="minutes of waiting")
TEN = ["Kettle", "Toaster", "Kettle", "Lamp", "Toaster", "Kettle", "Lamp", "Heater", "Heater", "Fan"]
EACH = ["Kettle", "Toaster", "Lamp", "Heater", "Fan", "Radio", "Oven", "Iron", "Clock", "Scale"]
SENSIBLE = {
    "request": [
        *("Fix an endless loop in a script", "Plan a week in the mountains", "Write a poem about the sea"),
        *("Explain how vaccines work", "Sum a column of a spreadsheet", "Choose a fertiliser for roses"),
        *("Translate a letter to a landlord", "Bake bread with rye flour", "Name a new coffee shop"),
        "Compare two phone contracts",
    ],
    "field": [
        *("programming", "travel", "literature", "medicine", "programming", "gardening", "housing", "cooking"),
        *("marketing", "consumer advice"),
    ],
    "activity": [
        *("debugging", "planning", "creative writing", "explanation", "explanation", "advice", "translation"),
        *("instructions", "brainstorming", "comparison"),
    ],
    "concern": [1] * 10,
    "task": ["correct code", "plan travel", "write verse", "explain medicine", "explain a formula"] * 2,
}


def kinds(facet, values, **more) -> list[str]:
    return [flaw.kind for flaw in facet_flaws(facet, values, **more)]


@pytest.mark.parametrize("facet", [one for one in BUILT_IN if one.asked], ids=lambda facet: facet.name)
def test_built_in_facets_with_sensible_answers_give_no_finding(facet) -> None:
    assert kinds(facet, SENSIBLE[facet.name], languages=["en"] * 10) == []


def test_russian_answers_that_were_asked_for_give_no_finding() -> None:
    field = next(one for one in BUILT_IN if one.name == "field")
    values = ["программирование", "путешествия", "кулинария", "медицина", "право", "история", "жильё", "спорт"]
    assert kinds(field, values, language="ru", languages=["ru", "en"] * 4) == []


BAD = {
    "failed": (text(), [None] * 3 + TEN[:7], {"failed": 3}, "unknown", "3 of 10 conversations got no usable answer"),
    "no value": (text(), [None] * 4 + TEN[:6], {}, "unknown", "4 of 10 conversations have no value"),
    "says nothing": (text(), ["Unknown"] * 8 + TEN[:2], {}, "unknown", "8 of 10 answers say nothing ('Unknown')"),
    "plurals": (
        text(),
        ["Kettle", "kettles", "Lamp", "lamps", "Fan", "fans", "Radio", "Oven", "Iron", "Clock"],
        {},
        "alike",
        "mean the same",
    ),
    "constant text": (text(), ["Kettle"] * 10, {}, "constant", "All 10 answers are 'Kettle'"),
    "few": (text(), ["Kettle", "Lamp"] * 5, {}, "few", "only 2 different answers in 10 ('Kettle', 'Lamp')"),
    "many": (text(), EACH, {}, "many", "10 of 10 answers are different"),
    "constant category": (MOOD, ["calm"] * 10, {}, "constant", "All 10 answers are 'calm'"),
    "unused": (MOOD, ["calm", "cross"] * 5, {}, "unused", "No answer is 'pleased'"),
    "too fine": (
        MOOD.model_copy(update={"categories": tuple(f"mood {number}" for number in range(20))}),
        [f"mood {number}" for number in range(9)] + ["mood 0"],
        {},
        "many",
        "10 answers fall into 9 of 20 categories",
    ),
    "constant score": (ANGER, [3] * 10, {}, "constant", "All 10 answers are '3'"),
    "constant number": (WAIT, [5.0] * 10, {}, "constant", "All 10 answers are '5.0'"),
    "too long": (
        text(words=(1, 3), embed=True),
        ["a kettle that does not boil", "the old lamp of my aunt", *EACH[:8]],
        {},
        "limit",
        "2 of 10 answers reach the limit of 3 words: allow more words (words = [1, 6])",
    ),
    "copied from the question": (
        text(question="the product, for example Kettle or Samovar"),
        ["Samovar"] * 3 + TEN[3:],
        {},
        "copied",
        "repeat an example of the question ('Samovar'",
    ),
    "copied from the examples": (
        text(examples=("Theremin", "Lute", "Harp")),
        ["Theremin"] * 3 + TEN[3:],
        {},
        "copied",
        "3 of 10 answers repeat an example",
    ),
    "other language": (
        text(),
        ["чайник", "лампа", "утюг", "чайник", "чайник", *TEN[:5]],
        {"languages": ["ru"] * 5 + ["en"] * 5},
        "language",
        "5 of 10 answers are in Russian and not in English",
    ),
    "English though Russian was asked for": (
        text(),
        TEN,
        {"language": "ru", "languages": ["ru"] * 10},
        "language",
        "are in English and not in Russian",
    ),
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_a_bad_facet_gives_its_finding_and_no_other(bad) -> None:
    facet, values, more, kind, said = bad
    flaws = facet_flaws(facet, values, **more)
    assert [flaw.kind for flaw in flaws] == [kind]
    assert said in flaws[0].sentence
    assert flaws[0].sentence.count(". ") == 0, "one sentence"
    assert ": " in flaws[0].sentence, "it says what to change"


def test_a_request_copied_from_the_built_in_examples_is_found_and_a_short_field_is_not() -> None:
    named = {one.name: one for one in BUILT_IN}
    copied = ["Fix an endless loop in JavaScript"] * 3 + SENSIBLE["request"][3:]
    assert kinds(named["request"], copied) == ["copied"]
    assert kinds(named["field"], ["programming"] * 4 + SENSIBLE["field"][4:]) == []


def test_good_facets_of_ones_own_give_no_finding() -> None:
    assert kinds(text(), TEN) == []
    assert kinds(MOOD, ["calm", "calm", "cross", "pleased"] * 2 + ["calm"] * 2) == []
    assert kinds(ANGER, [1, 1, 2, 1, 4, 1, 1, 3, 1, 1]) == []
    assert kinds(WAIT, [1.0, 5.0, 2.5, 10.0, 5.0]) == []


def test_what_is_rare_may_be_missing_in_a_few_conversations_but_not_in_many() -> None:
    assert kinds(ANGER, [1] * 10) == []
    assert kinds(ANGER, [1] * 60) == ["constant"]
    wide = MOOD.model_copy(update={"categories": tuple("abcdefgh")})
    assert kinds(wide, list("aabbccddef")) == []


def test_few_answers_say_nothing_about_how_they_vary() -> None:
    assert kinds(text(), ["Kettle"] * 4) == []
    assert kinds(MOOD, ["calm"] * 4) == []


def test_an_encoder_finds_answers_that_mean_the_same() -> None:
    values = ["Sofa", "Couch", "Sofa", "Settee", "Lamp", "Light", "Lamp", "Fan"]
    place = {"Sofa": 0, "Couch": 0, "Settee": 0, "Lamp": 1, "Light": 1, "Fan": 2}
    known = {name.lower(): number for name, number in place.items()}

    def encode(texts):
        return np.eye(3, dtype=np.float32)[[known[one.lower()] for one in texts]]

    assert kinds(text(), values) == []
    flaws = facet_flaws(text(), values, encode=encode)
    assert [flaw.kind for flaw in flaws] == ["alike"]
    assert "'couch', 'settee', 'sofa'" in flaws[0].sentence
    assert distinct_values(text(), values, encode) == [("Sofa", 4), ("Lamp", 3), ("Fan", 1)]


def test_a_score_with_words_is_shown_by_them() -> None:
    concern = next(one for one in BUILT_IN if one.name == "concern")
    assert distinct_values(concern, [1, 1, 4, None]) == [("everyday", 2), ("harmful", 1)]
    assert shown_value(ANGER, 3) == 3
