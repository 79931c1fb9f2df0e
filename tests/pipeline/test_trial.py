"""Facets tried on a few conversations, before many are paid for."""

import json

import polars as pl
import pytest
from conftest import make_records, two_languages, write_jsonl

import clioscope
from clioscope.errors import InputError, SettingsError
from clioscope.facets.facet import Facet
from clioscope.models.chat import ChatAnswer
from clioscope.models.registry import models
from clioscope.pipeline.build import build
from clioscope.pipeline.trial import Trial, try_facets
from clioscope.settings import load_settings

TOPIC_WORDS = {"bread": "cooking", "python": "programming", "Plan": "travel", "poem": "literature", "excel": "office"}
HELP = {"cooking": "recipe", "programming": "debugging", "travel": "planning", "literature": "writing"}


class Analyst:
    """A model that answers sensibly about the five topics of the tests; ``product`` it never understands."""

    id, concurrency = "analyst", 4

    def __init__(self) -> None:
        self.calls = 0

    async def complete(self, request):
        self.calls += 1
        text = request.messages[-1][1]
        field = next((field for word, field in TOPIC_WORDS.items() if word in text), "other")
        known = {
            "request": f"Get help with {field} for case {sum(map(ord, text)) % 97}",
            "field": field,
            "activity": HELP.get(field, "calculation"),
            "concern": "everyday",
            "mood": "calm" if field == "travel" else "cross" if field == "office" else "pleased",
            "always": "Conversation",
            "rating": 3,
        }
        wanted = request.schema["properties"]
        answer = {name: known[name] for name in wanted if name in known}
        return ChatAnswer(json.dumps(answer), prompt_tokens=100, completion_tokens=20, seconds=0.0)

    def close(self) -> None:
        """There is nothing to release."""


@pytest.fixture
def analyst(monkeypatch):
    """The model ``analyst`` of the registry."""
    made = Analyst()
    monkeypatch.setitem(models._parts, "analyst", lambda rest, *, settings: made)
    return made


@pytest.fixture
def path(tmp_path):
    return write_jsonl(tmp_path / "chats.jsonl", make_records(60))


def chosen(**settings):
    return load_settings(model__name="analyst:", embedding__model="hash", layout__method="pca", **settings)


def test_good_facets_have_values_and_no_warning(analyst, path) -> None:
    trial = try_facets(path, chosen())
    assert isinstance(trial, Trial)
    assert (len(trial.conversations), analyst.calls, trial.cost.calls) == (10, 10, 10)
    assert trial.warnings == []
    first = trial.conversations[0]
    assert first.record.startswith("r")
    assert first.text and set(first.values) == {"request", "field", "activity", "concern"}
    assert first.values["concern"] == "everyday"
    field = next(facet for facet in trial.facets if facet.name == "field")
    assert (field.answers, field.failed, len(field.values)) == (10, 0, 5)


def test_bad_facets_are_found_beside_good_ones(analyst, path) -> None:
    define = (
        {"name": "mood", "type": "category", "question": "the mood", "categories": ["calm", "cross", "pleased"]},
        {"name": "always", "question": "what this is", "words": [1, 2]},
        {"name": "rating", "type": "score", "question": "how good it is", "minimum": 1, "maximum": 5},
    )
    trial = try_facets(path, chosen(facets__define=define))
    flaws = {facet.name: [flaw.kind for flaw in facet.flaws] for facet in trial.facets if facet.flaws}
    assert flaws == {"always": ["constant"], "rating": ["constant"]}
    assert trial.warnings[0].startswith("always: All 10 answers are 'Conversation'")


def test_what_fails_is_told(analyst, path) -> None:
    define = ({"name": "product", "question": "the product"},)
    trial = try_facets(path, chosen(facets__define=define, facets__calls="each"), sample=6)
    product = next(facet for facet in trial.facets if facet.name == "product")
    assert (product.answers, product.failed) == (0, 6)
    assert [flaw.kind for flaw in product.flaws] == ["unknown"]
    assert all(one.values["product"] is None and one.values["field"] for one in trial.conversations)


def test_costs_are_those_of_the_trial_and_of_a_build(analyst, path) -> None:
    trial = try_facets(path, chosen(model__price_in=10.0, model__price_out=20.0), sample=5)
    assert (trial.cost.prompt_tokens, trial.cost.completion_tokens) == (500, 100)
    assert trial.cost.money == pytest.approx((500 * 10 + 100 * 20) / 1e6)
    assert trial.estimate.conversations == 60
    assert trial.estimate.calls > 60 and trial.estimate.money > trial.cost.money


def test_a_build_does_not_ask_again_what_a_trial_asked(analyst, path, tmp_path) -> None:
    settings = chosen(facets__ask=20, privacy__audit=False)
    tried = try_facets(path, settings, out=tmp_path / "atlas")
    assert not (tmp_path / "atlas").exists()
    atlas = build(path, tmp_path / "atlas", settings)
    cost = atlas.manifest["stages"]["facets"]["cost"]
    assert (cost["cached"], cost["calls"]) == (10, 10), "the ten of the trial are the first ones that a build asks"
    asked = atlas.table("asked").join(atlas.occurrences, on="conversation").sort("place")["record"].head(10)
    assert asked.to_list() == [one.record for one in tried.conversations]
    again = try_facets(path, settings, out=tmp_path / "atlas")
    assert (again.cost.calls, again.cost.cached) == (0, 10)
    assert not (tmp_path / "atlas.building").exists()


def test_the_conversations_cover_languages_and_topics(analyst, tmp_path) -> None:
    path = write_jsonl(tmp_path / "both.jsonl", two_languages(120))
    trial = try_facets(path, chosen(), sample=9)
    russian = sum(not one.text.isascii() for one in trial.conversations)
    assert 2 <= russian <= 4


def test_without_an_encoder_they_are_drawn_by_their_hash(analyst, path) -> None:
    settings = chosen()
    elsewhere = settings.embedding.model_copy(update={"model": "http://localhost:9/v1 nobody"})
    trial = try_facets(path, settings.model_copy(update={"embedding": elsewhere}), sample=10)
    assert len({one.record for one in trial.conversations}) == 10


def test_fewer_conversations_than_wanted_are_all_tried(analyst, tmp_path) -> None:
    path = write_jsonl(tmp_path / "three.jsonl", make_records(3))
    assert {one.record for one in try_facets(path, chosen()).conversations} == {"r0", "r1", "r2"}


def test_computed_facets_of_ones_own_are_tried_too(analyst, path) -> None:
    marks = Facet(name="marks", type="computed", compute=lambda row: row["text"].count("?"))
    trial = try_facets(path, chosen(facets__use=("field",)), facets=[marks])
    assert [facet.name for facet in trial.facets] == ["field", "marks"]
    assert {one.values["marks"] for one in trial.conversations} <= {0, 1}


def test_as_a_dictionary_it_is_json(analyst, path) -> None:
    made = json.loads(json.dumps(try_facets(path, chosen(), sample=2).as_dict()))
    assert {"conversations", "facets", "cost", "estimate"} == set(made)
    assert made["estimate"]["conversations"] == 60


def test_names_and_errors(path, tmp_path) -> None:
    assert clioscope.try_facets is try_facets
    none = load_settings(model__name="none", embedding__model="hash")
    with pytest.raises(SettingsError, match="no language model to try facets with"):
        try_facets(path, none)
    with pytest.raises(SettingsError, match="no facet to try"):
        try_facets(path, load_settings(model__name="fake", embedding__model="hash", facets__use=("language",)))
    with pytest.raises(SettingsError, match="give 1 or more"):
        try_facets(path, load_settings(model__name="fake", embedding__model="hash"), sample=0)
    with pytest.raises(InputError):
        try_facets(tmp_path / "nowhere.jsonl", load_settings(model__name="fake", embedding__model="hash"))


def test_nothing_is_left_after_a_model_that_does_not_answer(path, tmp_path) -> None:
    with pytest.raises(clioscope.ModelError):
        try_facets(path, load_settings(model__name="fake:dead", embedding__model="hash"), out=None)
    assert {file.name for file in tmp_path.iterdir()} == {"chats.jsonl"}


def test_real_conversations_in_two_languages(tmp_path) -> None:
    """The fake model answers in the words of each conversation, and so not always in English."""
    path = write_jsonl(tmp_path / "both.jsonl", two_languages(60))
    trial = try_facets(path, load_settings(model__name="fake", embedding__model="hash"), sample=12)
    assert {flaw.kind for facet in trial.facets for flaw in facet.flaws} == {"language"}
    assert pl.DataFrame([one.values for one in trial.conversations]).height == 12
