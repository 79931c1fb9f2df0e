"""Records of conversations, put together without holding them."""

from __future__ import annotations

from datetime import UTC, datetime

from clioscope.conversations.threads import Row, Threads


def test_conversations_come_whole_in_the_order_of_their_first_record() -> None:
    threads = Threads()
    assert threads.empty
    for line, key in enumerate("bababcb"):
        threads.add(key, Row("f", line, {"key": key, "at": datetime(2026, 5, 1, tzinfo=UTC)}))
    found = [list(rows) for rows in threads]
    assert [rows[0].value["key"] for rows in found] == ["b", "a", "c"]
    assert [[row.line for row in rows] for rows in found] == [[0, 2, 4, 6], [1, 3], [5]]
    assert found[0][0].value["at"] == datetime(2026, 5, 1, tzinfo=UTC)
    assert not threads.empty


def test_a_part_that_names_its_whole_takes_its_other_records_along() -> None:
    threads = Threads()
    for line, key in enumerate(["t1", ("t2", "s"), "t3", ("t1", "s"), "t1"]):
        threads.add(key, Row("f", line, None))
    assert [[row.line for row in rows] for rows in threads] == [[0, 1, 3, 4], [2]]


def test_nothing_in_nothing_out() -> None:
    assert list(Threads()) == []
