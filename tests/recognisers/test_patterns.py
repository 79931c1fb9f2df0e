"""Identifiers and addresses are found by their shape; ordinary text is left alone."""

import pytest

from clioscope.recognisers.patterns import Patterns, identifiers
from clioscope.testing import check_recogniser


def found(text):
    return [(text[one.start : one.end], one.kind) for one in Patterns().find([text])[0]]


@pytest.mark.parametrize(
    ("text", "part", "kind"),
    [
        ("Write to m.blenkinsop@example.org today", "m.blenkinsop@example.org", "identifier"),
        ("Call the number 555-0142 at noon", "555-0142", "identifier"),
        ("Messages of @marlow_k81 on Sunday", "@marlow_k81", "identifier"),
        ("Banned account grumpy_parry for spam", "grumpy_parry", "identifier"),
        ("паспорт 4509 533401 утерян", "паспорт 4509 533401", "identifier"),
        ("Rent of 14 Larkspur Lane", "14 Larkspur Lane", "address"),
        ("Neighbours in Old Tannery Road 27b", "Old Tannery Road 27b", "address"),
        ("Ремонт, ул. Старых Литейщиков, д. 14", "ул. Старых Литейщиков, д. 14", "address"),
        ("Обеды для школы № 17", "школы № 17", "organisation"),
    ],
)
def test_what_has_a_fixed_shape_is_found(text, part, kind):
    assert found(text) == [(part, kind)]


@pytest.mark.parametrize(
    "text",
    [
        "Style rules in @media and @font-face",
        "Use of @dataclass and @Override",
        "Round 3.14159265 to two places",
        "The user asks about 404 errors",
        "Revenue of 1,250,000 in 2019-2023",
        "A walk down Wall Street",
        "Поездка на Невский проспект",
        "Пользователь просит план на неделю",
    ],
)
def test_ordinary_text_is_left_alone(text):
    assert found(text) == []


def test_spans_of_identifiers_say_where_they_stand():
    assert list(identifiers("a @jane_doe b")) == [(2, 11)]


def test_it_keeps_the_promises():
    check_recogniser(Patterns())
