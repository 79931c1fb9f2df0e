"""Parts of a text are sorted and do not overlap."""

from clioscope.recognisers import Found
from clioscope.recognisers.spans import in_order


def test_a_person_goes_before_an_organisation_and_a_longer_part_before_a_shorter():
    person, firm, place = Found(8, 13, "person"), Found(0, 13, "organisation"), Found(20, 25, "place")
    assert in_order([place, firm, person]) == [person, place]
    assert in_order([Found(0, 5, "person"), Found(0, 9, "person")]) == [Found(0, 9, "person")]


def test_an_empty_part_is_none():
    assert in_order([Found(3, 3, "person")]) == []
