"""Facets: definitions."""

import pytest

from clioscope.errors import SettingsError
from clioscope.facets.facet import Facet, make_facet


@pytest.mark.parametrize(
    ("definition", "said"),
    [
        ({"name": "mood", "type": "text"}, "needs a question"),
        ({"name": "mood", "type": "category", "question": "?", "categories": ["one"]}, "at least two"),
        ({"name": "mood", "type": "category", "question": "?", "categories": ["a", "a"]}, "twice"),
        ({"name": "mood", "type": "score", "question": "?"}, "minimum and maximum"),
        ({"name": "mood", "type": "score", "question": "?", "minimum": 5, "maximum": 1}, "below maximum"),
        ({"name": "mood", "type": "computed"}, "needs a function"),
        ({"name": "conversation", "question": "?"}, "'conversation' is taken by a column"),
        ({"name": "count", "question": "?"}, "give the facet another name"),
        ({"name": "text", "question": "?"}, "give the facet another name"),
        ({"name": "Bad Name", "question": "?"}, "name"),
        ({"name": "mood", "question": "?", "colour": 1}, "colour"),
        ({"name": "n", "type": "score", "question": "?", "minimum": 1, "maximum": 5, "embed": True}, "embedded"),
    ],
)
def test_a_senseless_facet_is_one_sentence(definition, said):
    with pytest.raises(SettingsError, match=said):
        make_facet(definition)


def test_identity_changes_with_the_function_and_not_with_the_process():
    one = Facet(name="n", type="computed", compute=len)
    other = Facet(name="n", type="computed", compute=sum)
    assert one.identity != other.identity
    assert "0x" not in one.identity
