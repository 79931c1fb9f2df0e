"""Ready-made names: which group gets one, and which name gives way to it."""

import json
from dataclasses import replace

import numpy as np
import pytest

from clioscope.models.asker import Asker
from clioscope.models.chat import ChatAnswer
from clioscope.models.fake import FakeModel
from clioscope.naming import name_groups
from clioscope.naming.candidates import Label, clean_name
from clioscope.naming.context import NamingContext
from clioscope.naming.people import Authors
from clioscope.naming.ready import (
    counted_words,
    nearest_ready_names,
    ready_first,
    ready_names,
    with_ready_names,
    without_ready_name,
)
from clioscope.naming.support import Support
from clioscope.settings import NamingSettings

ENGLISH, RUSSIAN = ready_names("English"), ready_names("Russian")
POEMS = 1  # the group about poems


class Says(FakeModel):
    """Gives every group the same name."""

    def __init__(self, name):
        super().__init__()
        self.answer = json.dumps({"description": "Users wrote something. They wanted it soon.", "names": [name]})

    async def complete(self, request):
        self.requests.append(request)
        return ChatAnswer(self.answer)


@pytest.mark.parametrize("names", [ENGLISH, RUSSIAN], ids=["English", "Russian"])
def test_a_list_has_whole_short_names_each_once(names) -> None:
    assert len(names) == len(ENGLISH) > 400
    assert len({name.casefold() for name in names}) == len(names)
    for name in names:
        assert clean_name(name, 8) == name and not {":", ","} & set(name)


def test_a_language_without_a_list_has_no_names() -> None:
    assert ready_names("Spanish") == ready_names("Klingon") == ()


def test_what_a_name_says_beyond_a_ready_made_one() -> None:
    assert without_ready_name("Write fiction: Maka and Soul") == "Maka and Soul"
    assert without_ready_name("Write fiction") == without_ready_name("Художественная проза") == ""
    assert without_ready_name("Write fictions: Maka") == "Write fictions: Maka"


def test_of_a_ready_made_name_only_specific_words_are_counted() -> None:
    assert counted_words("Write fiction") == "" and counted_words("Write fiction: Maka") == "Maka"
    assert counted_words("Write Python scripts: loops") == "Python loops"
    assert counted_words("Write fictions") == "Write fictions"


TOPICS = (("bread", "bake"), ("poem", "poems", "sonnet"), ("excel", "column"))


def meaning(texts) -> np.ndarray:
    """Unit vectors of texts by their topics, as a sentence encoder would make them; the last place is for all else."""
    rows = []
    for text in texts:
        words = text.lower().split()
        hits = [sum(word in topic for word in words) for topic in TOPICS]
        rows.append([*hits, 0.05 * (len(words) - sum(hits)) or 0.01])
    vectors = np.array(rows, dtype=np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.fixture
def name(texts, support, labels):
    def run(ask=None, encoder_languages=None, taken=(), **settings):
        vectors = meaning(texts)
        sums = np.stack([vectors[labels == group].mean(axis=0) for group in range(len(TOPICS))])
        centroids = sums / np.linalg.norm(sums, axis=1, keepdims=True)
        given = NamingSettings(candidates=1, **settings)
        context = NamingContext(texts, support, vectors, given, meaning, ask, encoder_languages=encoder_languages)
        return name_groups(context, labels, centroids, taken=taken)

    return run


def test_without_a_model_a_group_has_the_name_that_it_is_near_to(name) -> None:
    found, own = name(), name(ready_names="never")
    assert found[POEMS].name in ENGLISH and "poem" in found[POEMS].name and own[POEMS].name not in ENGLISH
    assert (found[POEMS].description, found[POEMS].phrases) == (own[POEMS].description, own[POEMS].phrases)
    assert found[0] == own[0] and "bread" in found[0].name.lower(), "no ready-made name is near to the bread"
    assert name(encoder_languages=()) == own, "an encoder of words knows no meanings"


def test_a_models_name_that_misses_its_group_gives_way(name, store) -> None:
    found = name(Asker(Says("Repair winter tyres"), store))
    assert found[POEMS].name in ENGLISH and "poem" in found[POEMS].name
    assert "tyres" not in found[POEMS].description and "poem" in found[POEMS].description.lower()
    assert name(Asker(Says("Repair winter tyres"), store), ready_names="never")[POEMS].name == "Repair winter tyres"


def test_a_models_name_that_fits_stays(name, store) -> None:
    found = name(Asker(Says("Write a sonnet about snow"), store))
    assert found[POEMS].name == "Write a sonnet about snow"
    assert found[POEMS].description.startswith("Users wrote something.")


def test_no_model_is_asked_about_a_group_that_a_ready_made_name_is_near_to(name, store) -> None:
    model, own = Says("Write a sonnet about snow"), name(ready_names="never")
    found = name(Asker(model, store), ready_names="first")
    asked = [request.item for request in model.requests]
    assert found[POEMS].name in ENGLISH and "poem" in found[POEMS].name and f"group {POEMS}" not in asked
    assert (found[POEMS].description, found[POEMS].phrases) == (own[POEMS].description, own[POEMS].phrases)
    assert "group 0" in asked, "no ready-made name is near to the bread"
    assert name(None, ready_names="first") == name(None), "without a model nothing changes"
    other = name(Asker(model, store), taken={found[POEMS].name}, ready_names="first")[POEMS].name
    assert other != found[POEMS].name, "another group has this name already"


@pytest.mark.parametrize(("cosines", "expected"), [((0.6, 0.9), {1: 0}), ((0.9, 0.6), {0: 0}), ((0.49, 0.3), {})])
def test_a_ready_made_name_settles_only_the_group_that_it_is_nearest_to(cosines, expected) -> None:
    context = one_context(ten("one"), {ENGLISH[0]: 1.0})
    context = replace(context, settings=NamingSettings(ready_names="first"))
    centroids = np.array([(cosine, -np.sqrt(1 - cosine**2)) for cosine in cosines], np.float32)
    rows = [np.arange(5), np.arange(5, 10)]
    found = ready_first(context, rows, centroids, ["English"] * 2, [0, 1])
    assert found == {group: ENGLISH[place] for group, place in expected.items()}
    assert ready_first(context, rows, centroids, ["English"] * 2, [0, 1], {ENGLISH[0]}) == {}
    assert ready_first(replace(context, settings=NamingSettings()), rows, centroids, ["English"] * 2, [0, 1]) == {}


def one_context(
    texts: list[str], towards: dict[str, float], language: str = "English", owners=None, max_words: int = 8, **more
) -> NamingContext:
    """The conversations of one group with these texts, whose centroid [1, 0] has these cosines with names."""
    names = [*ready_names(language), "Words"]

    def encode(asked):
        cosines = np.array([towards.get(name, 0.0) for name in names])[[names.index(one) for one in asked]]
        return np.stack([cosines, np.sqrt(1 - cosines**2)], axis=1).astype(np.float32)

    vectors, settings = np.tile([1.0, 0.0], (len(texts), 1)).astype(np.float32), NamingSettings(max_words=max_words)
    return NamingContext(texts, Support(texts, 3, owners), vectors, settings, encode, None, **more)


CENTROID = np.array([[1.0, 0.0]], np.float32)


def one_group(texts: list[str], towards: dict[str, float], language: str = "English", taken: str = "", **more) -> str:
    """The name of this group; without a ready-made one it is called "Words"."""
    context = one_context(texts, towards, language, **more)
    label, rows = Label("Words", "Said.", ("words",)), [np.arange(len(texts))]
    return with_ready_names(context, [label], [label], rows, CENTROID, [language], [0], taken=[[taken]])[0].name


def ten(*texts: str) -> list[str]:
    """Ten texts, these in turn."""
    return [f"{texts[number % len(texts)]} {number}" for number in range(10)]


def test_a_specific_word_must_be_typical_of_the_group() -> None:
    near = {"Write Python scripts": 0.9, "Analyse data": 0.8}
    assert one_group(ten("run this Python"), near) == "Write Python scripts"
    assert one_group(ten("run this script"), near) == "Analyse data"
    one = [["u"]] * 5 + [[f"v{number}"] for number in range(5)]
    texts = ["run this Python"] * 5 + ["run this script"] * 5
    assert one_group(texts, near, owners=one) == "Analyse data", "one person wrote the word"


def test_one_of_two_words_suffices_where_it_says_or() -> None:
    assert one_group(ten("a pod in Kubernetes"), {"Use Docker or Kubernetes": 0.9}) == "Use Docker or Kubernetes"
    pages = {"Build web pages with HTML and CSS": 0.9}
    assert one_group(ten("the HTML of a page"), pages) == "Words"
    assert one_group(ten("the HTML and CSS of a page"), pages) == "Build web pages with HTML and CSS"
    assert one_group(ten("let it go on"), {"Write Go or Rust code": 0.9}) == "Words", "a plain verb"


def test_without_phrases_the_name_describes_the_group() -> None:
    label = Label("Various requests", "Nothing is common to them.")
    context = NamingContext(["x"] * 3, Support(["x"] * 3, 3), np.ones((3, 1), np.float32), NamingSettings(), ones, None)
    found = with_ready_names(context, [label], [label], [np.arange(3)], np.ones((1, 1), np.float32), ["English"], [0])
    assert found[0].name in ENGLISH and found[0].description == f"What users asked for: {found[0].name}."


def ones(texts) -> np.ndarray:
    """The same vector for every text."""
    return np.ones((len(texts), 1), np.float32)


def test_every_person_counts_once() -> None:
    """Nine conversations of one person say nothing about the two others."""

    def encode(asked):
        place = {"Analyse data": [1.0, 0.0, 0.0], "Cook and find recipes": [0.0, 1.0, 0.0]}
        return np.array([place.get(one, [0.0, 0.0, 1.0]) for one in asked], np.float32)

    texts = [f"text {number}" for number in range(11)]
    vectors = np.array([[1.0, 0.0, 0.0]] * 9 + [[0.0, 1.0, 0.0]] * 2, np.float32)
    centroid = np.array([[0.976, 0.217, 0.0]], np.float32)
    label = Label("Words", "Said.", ("words",))
    for owners, name in ((None, "Analyse data"), ([["u"]] * 9 + [["v"], ["w"]], "Cook and find recipes")):
        context = NamingContext(texts, Support(texts, 2, owners), vectors, NamingSettings(), encode, None)
        found = with_ready_names(context, [label], [label], [np.arange(11)], centroid, ["English"], [0])
        assert found[0].name == name


def test_a_parent_has_another_name_than_its_children() -> None:
    near = {"Analyse data": 0.9, "Explain statistics": 0.8}
    assert one_group(ten("x"), near) == "Analyse data"
    assert one_group(ten("x"), near, taken="Analyse data") == "Explain statistics"


def test_a_name_is_not_longer_than_names_may_be() -> None:
    near = {"Translate code into another programming language": 0.9, "Refactor code": 0.8}
    assert one_group(ten("x"), near) == "Translate code into another programming language"
    assert one_group(ten("x"), near, max_words=4) == "Refactor code"


def test_phrases_stay_where_they_are_far_nearer_or_nothing_is_near() -> None:
    assert one_group(ten("x"), {"Analyse data": 0.45, "Words": 0.65}) == "Analyse data"
    assert one_group(ten("x"), {"Analyse data": 0.45, "Words": 0.7}) == "Words"
    assert one_group(ten("x"), {"Analyse data": 0.2, "Words": 0.1}) == "Words"


def test_a_group_has_a_name_in_the_language_of_its_label() -> None:
    near = {"Анализ данных": 0.9, "Words": 0.5}
    assert one_group(ten("анализ"), near, "Russian") == "Анализ данных"
    assert one_group(ten("анализ"), near, "Russian", encoder_languages=("English",)) == "Words"
    assert one_group(ten("datos"), {"Words": 0.1}, "Spanish") == "Words"


def vectors_of(context: NamingContext):
    return context.vectors.__getitem__


def nearest(texts: list[str], towards: dict[str, float], owners=None, **more) -> list[tuple[str, int]]:
    """The ready-made names that fit this group, and how many people are behind each."""
    rows, authors = [np.arange(len(texts))], Authors(owners or [()] * len(texts), None)
    context = one_context(texts, towards, owners=owners, **more)
    return nearest_ready_names(context, authors, vectors_of(context), rows, CENTROID, ["English"], [0]).get(0, [])


def test_the_names_that_fit_a_group_stand_nearest_first() -> None:
    near = {"Write Python scripts": 0.95, "Analyse data": 0.8, "Explain statistics": 0.9, "Write fiction": 0.5}
    fitting = [("Explain statistics", 10), ("Analyse data", 10)]
    assert nearest(ten("run this script"), near) == fitting, "fiction is far away, and nobody wrote Python"
    assert nearest(ten("run this Python"), near) == [("Write Python scripts", 10), *fitting]
    assert nearest(ten("x"), {"Analyse data": 0.29}) == nearest(ten("x"), near, encoder_languages=()) == []
    assert len(nearest(ten("x"), dict.fromkeys(ENGLISH, 0.9))) == 5


def test_people_are_behind_a_name_who_wrote_something_near_to_it() -> None:
    texts, near = ten("x"), {"Analyse data": 0.8}
    assert nearest(texts, near, owners=[["u"]] * 8 + [["v"], ["w"]]) == [("Analyse data", 3)]
    context, nobody = one_context(texts, near), Authors([()] * 10, None)
    far = np.vstack([np.tile([1.0, 0.0], (4, 1)), np.tile([0.0, -1.0], (6, 1))]).astype(np.float32)
    given = ([np.arange(10)], CENTROID, ["English"], [0])
    found = nearest_ready_names(context, nobody, far.__getitem__, *given)
    assert found == {0: [("Analyse data", 4)]}, "the smoothed vectors of the context do not count"
