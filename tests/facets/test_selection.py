"""Which facets a build makes, from its settings."""

import pytest

from clioscope.facets.facet import Facet
from clioscope.facets.selection import ALWAYS, facets_of
from clioscope.settings import Settings, load_settings


@pytest.fixture
def mine(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(
        "from clioscope import facet\n@facet\ndef questions(row):\n    return row['text'].count('?')\n"
        "@facet(question='the mood of the user')\ndef mood(answer):\n    return answer\n"
    )
    return str(path)


def without_model(settings: Settings) -> Settings:
    return settings.model_copy(update={"model": settings.model.model_copy(update={"name": None})})


def names(settings, further=()):
    return [one.name for one in facets_of(settings, further)]


def test_facets_of_a_file_are_added_to_those_chosen(mine) -> None:
    settings = load_settings(facets__use=("request",), facets__modules=(mine,))
    assert names(settings) == ["request", "questions", "mood", *ALWAYS]
    assert names(settings) == ["request", "questions", "mood", *ALWAYS], "also the second time in a process"


def test_without_a_model_only_questions_are_left_out(mine) -> None:
    settings = load_settings(
        facets__use=("request", "questions"), facets__modules=(mine,), facets__define=({"name": "a", "question": "b"},)
    )
    assert names(without_model(settings)) == ["questions", *ALWAYS]


def test_a_further_one_takes_the_place_of_its_namesake() -> None:
    own = Facet(name="turns", type="computed", compute=len)
    found = facets_of(load_settings(facets__use=("request",)), [own])
    assert [one.compute for one in found if one.name == "turns"] == [len]
