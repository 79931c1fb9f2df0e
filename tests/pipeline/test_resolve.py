"""Defaults that depend on other settings."""

import pytest

from clioscope.facets.selection import facets_of
from clioscope.pipeline.resolve import resolve
from clioscope.settings import load_settings


def resolved(**settings):
    found = load_settings(**settings)
    return resolve(found, facets_of(found))


@pytest.mark.parametrize(
    ("settings", "tokens"),
    [
        ({}, 120),
        ({"model__name": "fake"}, 120),
        ({"model__name": "http://localhost:8000/v1 Qwen/Qwen3-8B"}, 1000),
        ({"model__name": "http://localhost:8000/v1", "input__transcript_tokens": 300}, 300),
        ({"input__transcript_tokens": 64}, 64),
    ],
)
def test_the_budget_of_a_transcript_follows_the_model(settings, tokens) -> None:
    assert resolved(**settings).input.transcript_tokens == tokens


def test_facets_say_themselves_whether_they_are_embedded() -> None:
    assert resolved().facets.embed == ("request", "field", "activity", "text")
    assert resolved(facets__use=("task", "field")).facets.embed == ("field", "text")
    mine = ({"name": "product", "question": "which product", "embed": True},)
    assert resolved(facets__use=("field",), facets__define=mine).facets.embed == ("field", "product", "text")
    assert resolved(facets__define=mine, facets__embed=("request",)).facets.embed == ("request",)


def test_without_a_model_the_usual_facets_are_predicted() -> None:
    settings = load_settings(model__name="none")
    assert resolve(settings, facets_of(settings)).facets.embed == ("request", "field", "activity", "text")


@pytest.mark.parametrize(
    ("settings", "most"),
    [
        ({}, 100),
        ({"model__name": "fake", "clustering__most": 30}, 30),
        ({"model__name": "http://localhost:8000/v1 large"}, None),
        ({"naming__model": "http://localhost:8000/v1 large"}, None),
        ({"model__name": "http://localhost:8000/v1 large", "naming__model": "fake"}, 100),
    ],
)
def test_the_most_groups_follow_the_model_that_names_them(settings, most) -> None:
    assert resolved(**settings).clustering.most == most
