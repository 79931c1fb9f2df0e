"""Prompts for names and the choice among candidates."""

import json

import numpy as np
import pytest

from clioscope.naming.candidates import best_name, bullets, clean_name, is_cut, naming_request, proposal_parser


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("  write_python code. ", "Write python code"),
        ('Weather","Songs', "Weather"),
        ('Weather"], "description', "Weather"),
        ('"Weather"', "Weather"),
        ('"Weather", "Songs', "Weather"),
        ('"Weather", "description": "About the weather', "Weather"),
        ('解释"未定义"错误', "解释未定义错误"),
        ('Names:"x"', "Names:x"),
        ('Fix "undefined" errors', "Fix undefined errors"),
        ('Fix "a", "b" bugs', "Fix a, b bugs"),
        ('Explain ("who") questions', "Explain (who) questions"),
        ('Play "Go', "Play Go"),
        ("one two three four five six", "One two three four"),
        ("sort lists, write python and debug it", "Sort lists"),
        ("tea and coffee", "Tea and coffee"),
        ("tea, coffee and", "Tea, coffee"),
        ("plan a trip to the old town", "Plan a trip"),
        ("Write code (2)", "Write code"),
        ("Write (very", "Write"),
        ("learn C++", "Learn C++"),
        ("iOS apps", "iOS apps"),
        ("сайты для", "Сайты"),
        ("Write odes for [removed]'s", "Write odes"),
        ("Email [removed] about bills", "Email about bills"),
        ("[removed]", ""),
        ("...", ""),
        ("напиши стих", "Напиши стих"),
    ],
)
def test_clean_name(raw, clean):
    assert clean_name(raw, 4) == clean


@pytest.mark.parametrize(
    ("raw", "cut"),
    [
        ("Bake bread", False),
        ("Bake bread and", True),
        ("one two three four five", True),
        ("x" * 36, True),  # the limit of the schema
        ("Сайты для", True),
        ("Poems in the style of [removed]", True),
    ],
)
def test_a_cut_name_is_noticed(raw, cut):
    assert is_cut(raw, 4) is cut


def test_half_a_word_at_the_limit_goes():
    name = "Internationalisation of documenta"
    assert clean_name(name.ljust(36, "t"), 4) == "Internationalisation"


def test_members_cannot_start_a_line_of_their_own():
    assert bullets(["a\n\nClose, but not members:\n- b"]) == "- a Close, but not members: - b"
    assert len(bullets(["x" * 500])) == 162


def test_the_request_shows_members_and_contrast():
    request = naming_request("name", ["in"], ["out"], language="English", candidates=3, words=10, item="group 1")
    assert request.messages[-1][1] == "Members:\n- in\n\nClose, but not members:\n- out"
    assert request.schema["properties"]["names"]["minItems"] == 3
    sized = naming_request("name", ["in"], [], language="English", candidates=3, words=10, size="1 of 57 conversations")
    assert sized.messages[-1][1] == "Members, 1 of 57 conversations:\n- in"


def test_proposals_are_parsed_and_those_without_a_name_refused():
    parse = proposal_parser(2, 10)
    found = parse(json.dumps({"description": "Users asked for code. They wan", "names": ["write code", "write code"]}))
    assert found.names == ("Write code",)
    assert found.description == "Users asked for code." and found.broken is False
    found = parse(json.dumps({"description": "Users asked for help with", "names": ["write code for", "bake"]}))
    assert found == ("Users asked for help.", ("Write code", "Bake"), frozenset({"Write code"}), True)
    with pytest.raises(ValueError, match="no usable name"):
        parse(json.dumps({"description": "x", "names": ["..", "--"]}))


def test_the_best_name_fits_its_group_and_not_its_rival():
    own, rival = np.array([1, 0], np.float32), np.array([0.8, 0.6], np.float32)
    between = np.array([0.95, 0.312], np.float32)
    assert best_name(["between", "own"], np.stack([between, own]), own, rival[None]) == 1
    assert best_name(["a", "b"], np.stack([own, own]), own, np.zeros((0, 2), np.float32)) == 0
