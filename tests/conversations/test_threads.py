"""Records of conversations, put together without holding them."""

from __future__ import annotations

from datetime import UTC, datetime

from clioscope.conversations.threads import Row, Threads


def test_conversations_come_whole_in_the_order_of_their_first_record() -> None:
    threads = Threads()
    assert threads.empty
    for line, key in enumerate("bababcb"):
        threads.add(key, Row("f", line, {"key": key, "at": datetime(2026, 5, 1, tzinfo=UTC)}))
    found = list(threads)
    assert [rows[0].value["key"] for rows in found] == ["b", "a", "c"]
    assert [[row.line for row in rows] for rows in found] == [[0, 2, 4, 6], [1, 3], [5]]
    assert found[0][0].value["at"] == datetime(2026, 5, 1, tzinfo=UTC)
    assert not threads.empty


def test_nothing_in_nothing_out() -> None:
    assert list(Threads()) == []
