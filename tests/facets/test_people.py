"""Names of people do not stay in facets; what many wrote, stays."""

import re

import polars as pl

from clioscope.facets.facet import Facet
from clioscope.facets.people import hide_people, said_of_hidden
from clioscope.facets.scrub import REMOVED
from clioscope.recognisers import Found
from clioscope.recognisers.writers import Writers

REQUEST = Facet(name="request", question="what is asked")
FIELD = Facet(name="field", question="the subject")


class Known:
    """Finds the names of one list."""

    id = "known-1"
    names = (("Imogen Parry", "person"), ("Varga Ltd", "organisation"), ("KeyBERT", "organisation"), ("Oslo", "place"))

    def find(self, texts):
        return [
            sorted(Found(*one.span(), kind) for name, kind in self.names for one in re.finditer(name, text))
            for text in texts
        ]


def hidden(values, written, least=2, owners=None):
    table = pl.DataFrame({"request": values, "concern": [1] * len(values)})
    return hide_people(table, [REQUEST, FIELD], Known(), Writers(written, owners), least)


def test_a_name_that_few_wrote_is_replaced_and_counted():
    found = hidden(["Letter to Imogen Parry", "Bake bread", None], ["a letter to imogen parry", "bread", "more"])
    assert found.table["request"].to_list() == [f"Letter to {REMOVED}", "Bake bread", None]
    assert found[1:] == (2, 1, 1)


def test_a_name_that_enough_people_wrote_stays():
    text = "Essay on Imogen Parry"
    assert hidden([text], ["on Imogen Parry", "imogen parry again", "bread"]).table["request"][0] == text
    by_one = hidden([text], ["on Imogen Parry", "imogen parry again", "bread"], owners=[["u1"], ["u1"], ["u2"]])
    assert by_one.table["request"][0] == f"Essay on {REMOVED}"


def test_a_name_that_nobody_wrote_is_the_models_own_and_goes():
    assert hidden(["Letter to Imogen Parry"], ["bread"] * 9).table["request"][0] == f"Letter to {REMOVED}"


def test_an_organisation_goes_only_where_it_looks_like_a_person_and_a_place_stays():
    values = ["Train KeyBERT in Oslo", "Work for Varga Ltd"]
    assert hidden(values, ["bread"] * 9).table["request"].to_list() == [values[0], f"Work for {REMOVED}"]


def test_a_value_of_which_nothing_is_left_is_null():
    assert hidden(["Imogen Parry"], ["bread"] * 9).table["request"].to_list() == [None]


def test_every_value_counts_and_each_part_of_it():
    found = hidden(["Imogen Parry of Varga Ltd wrote"] * 2, ["bread"] * 9)
    assert found[1:] == (2, 2, 4)


def test_only_text_facets_that_were_asked_are_searched():
    table = pl.DataFrame({"mood": ["Imogen Parry"], "words": ["Imogen Parry"]})
    facets = [
        Facet(name="mood", type="category", question="mood", categories=("Imogen Parry", "b")),
        Facet(name="words", type="computed", compute=len),
    ]
    found = hide_people(table, facets, Known(), Writers(["bread"]), 2)
    assert found.table.equals(table)
    assert found.read == 0


def test_what_a_build_says_of_it(monkeypatch):
    monkeypatch.setattr("clioscope.recognisers.ready_recognisers", lambda: ("patterns",))
    one = {"recogniser": "known-1", "read": 30, "values": 2, "parts": 3}
    assert said_of_hidden({"facets": {"people": one}, "second": {"people": one}, "audit": {}}) == (
        "Names of people and the like were looked for in 60 values of text facets and replaced in 4 of them (6 parts, "
        "by known-1)."
    )
    assert "may hold some" in said_of_hidden({"facets": {"people": one | {"recogniser": None}}})
    assert "clioscope[people]" in said_of_hidden({"facets": {"people": one | {"recogniser": "patterns-1"}}})
    assert said_of_hidden({"facets": {}}) == ""
    monkeypatch.setattr("clioscope.recognisers.ready_recognisers", lambda: ("patterns", "spacy"))
    assert said_of_hidden({"facets": {"people": one | {"recogniser": "patterns-1"}}}) == "", "patterns were chosen"
