import json
import re

import pytest

from clioscope.conversations.texts.titles import is_list
from clioscope.facets.builtin import BUILT_IN
from clioscope.facets.examples import answered_examples
from clioscope.facets.facet import Facet
from clioscope.facets.questions import facet_parser, facet_request
from clioscope.prompts import example_turns, examples

ASKED = [one for one in BUILT_IN if one.asked]


@pytest.mark.parametrize("language", ["English", "Russian"])
def test_every_built_in_facet_has_an_answer_that_its_own_schema_accepts(language) -> None:
    pairs = answered_examples(ASKED, language)
    assert len(pairs) == len(examples("facets"))
    for _, answer in pairs:
        values = facet_parser(ASKED)(answer)
        assert list(values) == [one.name for one in ASKED]
        for one in ASKED:
            if one.type == "text":
                assert 1 <= len(str(values[one.name]).split()) <= one.words[1]


def test_the_last_example_is_of_no_concern() -> None:
    """A small model repeats what it saw last: with a sensitive one at the end it called half of ShareGPT so."""
    assert json.loads(answered_examples(ASKED, "English")[-1][1])["concern"] == "everyday"


def test_a_language_without_examples_goes_without() -> None:
    assert answered_examples(ASKED, "Japanese") == []


def test_facets_of_users_bring_their_answers_or_are_left_out() -> None:
    mood = Facet(name="mood", question="the mood", examples=("calm", "tired", "curious", "jealous", "annoyed"))
    tone = Facet(name="tone", question="the tone")
    request = next(one for one in BUILT_IN if one.name == "request")
    answers = [json.loads(answer) for _, answer in answered_examples([request, mood, tone], "English")]
    assert [answer["mood"] for answer in answers] == list(mood.examples)
    assert all(list(answer) == ["request", "mood"] for answer in answers)
    assert answered_examples([tone], "English") == []


def test_examples_are_earlier_turns_of_the_chat() -> None:
    pairs = answered_examples(ASKED, "English")
    request = facet_request("User: hello", ASKED, "English", shown=pairs)
    roles = [role for role, _ in request.messages]
    assert roles == ["system", *["user", "assistant"] * len(pairs), "user"]
    assert request.messages[1][1].startswith("<conversation>\nUser: ")
    assert request.messages[-1][1] == "<conversation>\nUser: hello\n</conversation>"


@pytest.mark.parametrize("name", ["name", "name_parent"])
@pytest.mark.parametrize("language", ["English", "Russian"])
def test_examples_of_names_keep_the_rules(name, language) -> None:
    turns = example_turns(name, language)
    assert turns
    for role, text in turns:
        if role == "user":
            assert re.match(r"(Members, \d+ of \d+ conversations|\d+ requests in \d groups):\n- ", text)
            assert "\n\nClose, but not members:\n- " in text
        else:
            answer = json.loads(text)
            assert len(answer["names"]) == len(set(answer["names"])) == 4
            assert all(len(one.split()) <= 10 for one in answer["names"])
            assert 1 <= answer["description"].count(". ") + 1 <= 2


@pytest.mark.parametrize("language", ["English", "Russian"])
def test_no_example_of_a_parent_lists_parts(language) -> None:
    answers = [json.loads(text) for role, text in example_turns("name_parent", language) if role == "assistant"]
    assert not [name for answer in answers for name in answer["names"] if is_list(name)]
