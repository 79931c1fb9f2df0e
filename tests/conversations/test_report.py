"""What is said of a reading: what was recognised, what was left out."""

from __future__ import annotations

from clioscope.conversations.conversation import Rejected
from clioscope.conversations.fields.columns import Columns
from clioscope.conversations.report import FileReport, Report, duplicate_ids, general


def test_reasons_are_counted_without_their_places_and_values() -> None:
    report = Report(Columns())
    for n in range(40):
        report.count(Rejected("f", n, f"messages[{n}].content: expected text, found 'x{n}' in {n} rows"))
    report.count(Rejected("f", 1, "rows of another kind", "other", 17))
    record, other = report.remarks()
    assert record == "records not used: 40 (40 × messages.content: expected text, found '…' in N rows)"
    assert other == "left out on purpose: 17 (17 × rows of another kind)"


def test_the_most_frequent_reasons_are_named_and_the_rest_counted() -> None:
    report = Report(Columns())
    for reason in "abcdefg":
        for _ in range(ord(reason)):
            report.count(Rejected("f", 1, f"reason {reason}"))
    assert report.remarks()[0].endswith("99 × reason c; 195 × other reasons)")


def test_two_lines_say_what_was_recognised() -> None:
    report = Report(Columns(), [FileReport("a.csv", "text", "one text per row", 2)])
    columns = report.columns
    columns.of({"Requester id": 5, "text": "x"})
    assert report.lines(2, 1, 0) == [
        "2 conversations in a.csv; format: text (one text per row)",
        "users: column 'Requester id', 1 distinct; dates: none",
    ]


def test_ids_that_stand_for_several_conversations_are_told() -> None:
    assert duplicate_ids([("a", 1)]) == []
    assert duplicate_ids([("same", 60)]) == ["ids: the id 'same' occurs on 60 different conversations"]
    assert duplicate_ids([("a", 2), ("b", 3), ("c", 1)]) == [
        "ids: 2 ids occur on more than one conversation ('b' on 3)"
    ]


def test_a_reason_made_general_stays_short() -> None:
    assert general(f"line 17: {'x' * 500}").startswith("line N: xxx")
    assert len(general("y" * 500)) == 160
