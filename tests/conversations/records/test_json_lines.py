"""JSONL as scripts write it: every record is read or counted."""

from __future__ import annotations

import io
import json
import math

import pytest

from clioscope.conversations.records.json_lines import json_lines
from clioscope.conversations.records.record import Record

ROWS = [{"id": n, "messages": [{"role": "user", "content": f"question {n}"}]} for n in range(5)]
LINES = [json.dumps(row) for row in ROWS]


def read(text: str | bytes) -> list[Record]:
    return list(json_lines(io.BytesIO(text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text)))


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(LINES),
        "\r\n".join(LINES) + "\r\n",
        ",\n".join(LINES) + "\n",
        "".join(line + ", \r\n" for line in LINES),
        "[\n" + ",\n".join(LINES) + "\n]\n",
        "[\n" + ",\n".join(LINES) + ",\n]",
        "[\n" + "\n".join(LINES) + "\n]\n",
        "[" + ",\n".join(LINES) + "]",
        "[ " + ",\n\n".join(LINES) + " ]\n",
        "\n\n" + "\n \n".join(LINES),
        "".join(LINES),
        "\n,".join(LINES),
        "\x1e" + "\n\x1e".join(LINES) + "\n",
        ", ".join(LINES[:2]) + "\n" + " ".join(LINES[2:]),
        "\n".join(json.dumps(row, indent=2) if row["id"] % 2 else json.dumps(row) for row in ROWS),
    ],
)
def test_commas_brackets_and_line_ends_cost_nothing(text: str) -> None:
    got = read(text)
    assert [record.value for record in got] == ROWS
    assert all(record.error is None for record in got)


def test_an_array_a_line_that_is_never_closed_says_so_without_counting_a_record() -> None:
    got = read("[\n" + ",\n".join(LINES))
    assert [record.value for record in got[:-1]] == ROWS
    assert "cut off after the record before" in (got[-1].error or "") and got[-1].lines == 0


def test_numbers_and_texts_that_other_parsers_refuse() -> None:
    got = read(
        '{"a": NaN, "b": -Infinity}\n{"a": "x\\ud83d y"}\n{"id": 123456789012345678901234567890}\n{"a": "x\ty"}\n'
    )
    first = got[0].value
    assert math.isnan(first["a"]) and first["b"] == -math.inf
    assert [record.value for record in got[1:]] == [
        {"a": "x\ud83d y"},
        {"id": 123456789012345678901234567890},
        {"a": "x\ty"},
    ]


def test_long_integers_within_are_exact() -> None:
    assert read('{"a": {"id": 18446744073709551617}, "f": 1e30}')[0].value == {
        "a": {"id": 18446744073709551617},
        "f": 1e30,
    }


@pytest.mark.parametrize("cut", range(1, len(LINES[2])))
def test_a_line_cut_anywhere_costs_that_line(cut: int) -> None:
    got = read("\n".join([*LINES[:2], LINES[2][:cut], *LINES[3:]]))
    assert [record.value for record in got if record.error is None] == [*ROWS[:2], *ROWS[3:]]
    assert [(record.line, record.lines) for record in got if record.error is not None] == [(3, 1)]


def test_a_line_break_within_a_text_is_kept() -> None:
    got = read(LINES[0].replace("question", "long\nquestion") + "\n" + LINES[1])
    assert got[0].value["messages"][0]["content"] == "long\nquestion 0"
    assert [record.line for record in got] == [1, 3]


def test_two_lines_run_into_each_other_where_the_first_broke_off() -> None:
    got = read(LINES[0] + "\n" + LINES[1][:20] + LINES[2] + "\n" + LINES[3])
    assert [record.value for record in got] == [ROWS[0], None, ROWS[3]]


def test_bad_bytes_cost_their_line() -> None:
    got = read(b'{"a": "x"}\n{"a": "caf\xe9"}\n{"a": "y"}\n')
    assert [record.value for record in got] == [{"a": "x"}, None, {"a": "y"}]
    assert got[1].error == "not valid UTF-8 (byte 11)"


def test_a_list_of_messages_that_is_cut_off_is_no_message() -> None:
    chat = json.dumps(ROWS[0]["messages"])
    got = read(chat[:-1] + "\n" + chat)
    assert [record.value for record in got] == [None, ROWS[0]["messages"]]
