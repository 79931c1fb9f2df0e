"""Facets as prompt and schema, and answers back into values."""

import json

import pytest

from clioscope.errors import SettingsError
from clioscope.facets.builtin import BUILT_IN
from clioscope.facets.facet import Facet
from clioscope.facets.questions import facet_parser, facet_request, facet_schema

ASKED = [one for one in BUILT_IN if one.asked]


def answer(**changes):
    good = {
        "request": "write a poem about spring",
        "task": "poem writing",
        "field": "literature",
        "activity": "creative writing",
        "concern": ASKED[-1].categories[0],
    }
    return json.dumps(good | changes)


def test_one_call_asks_all_facets_and_the_shared_part_stands_first():
    one, two = (facet_request(text, ASKED, "English", item="a") for text in ("User: hello", "User: bye"))
    assert one.messages[0] == two.messages[0]
    for name in ("request", "task", "field", "activity", "concern"):
        assert f'"{name}"' in one.messages[0][1]
    assert "in English" in one.messages[0][1]
    assert one.messages[1][1] == "<conversation>\nUser: hello\n</conversation>"
    assert facet_schema(ASKED)["required"] == [facet.name for facet in ASKED]


def test_braces_in_a_conversation_are_never_filled():
    request = facet_request("User: {language} {questions}", ASKED, "English")
    assert "{language} {questions}" in request.messages[1][1]


def test_answers_become_values():
    values = facet_parser(ASKED)(answer(request="  Mail bob@example.com about\n the invoice. "))
    assert values["request"] == "Mail [removed] about the invoice."
    assert values["concern"] == 1


@pytest.mark.parametrize("text", ["", "no json", answer(concern="purple"), answer(request="..."), '{"request": "x"}'])
def test_useless_answers_raise(text):
    with pytest.raises(ValueError):
        facet_parser(ASKED)(text)


def test_scores_keep_their_bounds_and_cleaners_may_drop_a_value():
    score = Facet(name="mood", type="score", question="?", minimum=1, maximum=5, compute=lambda value: None)
    assert facet_schema([score])["properties"]["mood"] == {"type": "integer", "minimum": 1, "maximum": 5}
    assert facet_parser([score])('{"mood": 3}') == {"mood": None}
    with pytest.raises(ValueError):
        facet_parser([score])('{"mood": 9}')


def test_a_cleaner_that_fails_is_one_sentence_and_one_that_refuses_asks_again():
    broken = Facet(name="mood", question="?", compute=lambda value: value["x"])
    with pytest.raises(SettingsError, match=r"facet 'mood': its function failed on the answer 'good' \(TypeError"):
        facet_parser([broken])('{"mood": "good"}')
    picky = Facet(name="mood", question="?", compute=int)
    with pytest.raises(ValueError):
        facet_parser([picky])('{"mood": "good"}')
