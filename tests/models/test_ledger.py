"""The ledger."""

from clioscope.models.ledger import Ledger


def test_failures_become_a_sorted_table():
    ledger = Ledger()
    ledger.add("names", "g1", "empty", 3)
    ledger.add("facets", "c2", "no JSON")
    assert len(ledger) == 2
    ledger.add("names", "g0", "503", server=True)
    assert ledger.frame().rows() == [
        ("facets", "c2", "no JSON", 1, False),
        ("names", "g0", "503", 1, True),
        ("names", "g1", "empty", 3, False),
    ]


def test_questions_are_counted_by_stage():
    ledger = Ledger()
    ledger.count("names", 3)
    ledger.count("audit", 0)
    ledger.count("names", 2)
    assert ledger.asked == {"names": 5, "audit": 0}


def test_no_failures_is_an_empty_table_of_the_same_columns():
    table = Ledger().frame()
    assert table.columns == ["stage", "item", "reason", "attempts", "server"]
    assert table.height == 0
