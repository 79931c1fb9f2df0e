"""The ledger."""

from clioscope.models.ledger import Ledger


def test_failures_become_a_sorted_table():
    ledger = Ledger()
    ledger.add("names", "g1", "empty", 3)
    ledger.add("facets", "c2", "no JSON")
    assert len(ledger) == 2
    assert ledger.frame().rows() == [("facets", "c2", "no JSON", 1), ("names", "g1", "empty", 3)]


def test_no_failures_is_an_empty_table_of_the_same_columns():
    table = Ledger().frame()
    assert table.columns == ["stage", "item", "reason", "attempts"]
    assert table.height == 0
