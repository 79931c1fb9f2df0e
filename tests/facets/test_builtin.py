"""The facets that come with Clioscope keep to their own rules."""

import pytest

from clioscope.facets.builtin import BUILT_IN
from clioscope.facets.known import choose_facets
from clioscope.facets.questions import facet_parser, facet_request
from clioscope.settings import FacetSettings

ASKED = [one for one in BUILT_IN if one.asked]


def test_names_are_unique_and_the_defaults_are_among_them() -> None:
    names = [one.name for one in BUILT_IN]
    assert len(set(names)) == len(names)
    assert [one.name for one in choose_facets(FacetSettings().use)] == ["request", "field", "activity", "concern"]
    assert [one.name for one in choose_facets(FacetSettings().use) if one.embed] == ["request", "field", "activity"]


@pytest.mark.parametrize("one", ASKED, ids=lambda one: one.name)
def test_each_is_asked_by_name_with_its_shape(one) -> None:
    system = facet_request("hello", [one], "English").messages[0][1]
    assert f'"{one.name}": {one.question}' in system
    shape = "everyday, sensitive, questionable, harmful or dangerous" if one.categories else f"{one.words[1]} words"
    assert shape in system


@pytest.mark.parametrize(("word", "score"), [("everyday", 1), ("Sensitive", 2), ("dangerous", 5)])
def test_concern_is_answered_in_words_and_kept_as_1_to_5(word, score) -> None:
    concern = next(one for one in BUILT_IN if one.name == "concern")
    assert facet_parser([concern])(f'{{"concern": "{word}"}}') == {"concern": score}
    with pytest.raises(ValueError, match="none of the allowed values"):
        facet_parser([concern])('{"concern": "5"}')
