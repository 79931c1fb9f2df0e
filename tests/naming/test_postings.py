"""Which rows hold a word."""

import numpy as np

from clioscope.naming.postings import Postings, numbered

WORDS = [{"bread", "rye"}, set(), {"bread"}, {"poem"}, {"bread", "poem"}]


def test_the_rows_of_a_word_rise() -> None:
    found = Postings([numbered(WORDS[:2]), numbered(WORDS[2:])])
    assert found.rows("bread").tolist() == [0, 2, 4]
    assert found.rows("piano").tolist() == []
    assert sorted(found) == ["bread", "poem", "rye"] and "rye" in found and "piano" not in found


def test_only_members_are_given_however_many_they_are() -> None:
    found = Postings([numbered(WORDS[:2]), numbered(WORDS[2:])])
    assert found.rows_among("bread", [4]).tolist() == [4]
    assert found.rows_among("bread", range(1, 5)).tolist() == [2, 4]
    assert found.rows_among("rye", np.array([1, 2])).tolist() == []
    assert found.rows_among("piano", [0]).tolist() == found.rows_among("bread", []).tolist() == []


def test_no_rows_and_rows_without_words() -> None:
    assert Postings([]).rows("bread").tolist() == []
    assert Postings([numbered([set(), set()])]).rows_among("bread", [0, 1]).tolist() == []
