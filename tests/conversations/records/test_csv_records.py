"""CSV as people's programs write it: quotes that are never closed, other escapes, other line ends."""

from __future__ import annotations

import csv
import io

import pytest

from clioscope.conversations.records.csv_records import csv_records
from clioscope.conversations.records.record import Record

HEAD = "id,created_at,body\n"


def read(text: str | bytes, notes: list[str] | None = None) -> list[Record]:
    data = text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text
    return list(csv_records(io.BytesIO(data), data[: 1 << 20], (notes if notes is not None else []).append))


def bodies(text: str) -> list[object]:
    """Texts, and for rows that are none how many lines are lost."""
    return [one.lines if one.error is not None else one.value.get("body") for one in read(text)]


def row(n: int, body: str) -> str:
    return f"{n},2026-01-{1 + n % 28:02d}T08:00:00Z,{body}\n"


PLAIN = [f"words of ticket {n}" for n in range(40)]


def table(odd: dict[int, str]) -> str:
    return HEAD + "".join(row(n, odd.get(n, body)) for n, body in enumerate(PLAIN))


def test_a_quote_that_is_never_closed_costs_its_row() -> None:
    got = read(table({10: '"see the screen'}))
    assert [one.value["body"] for one in got if one.error is None] == PLAIN[:10] + PLAIN[11:]
    (bad,) = (one for one in got if one.error is not None)
    assert (bad.line, bad.lines) == (12, 1)
    assert bad.error == "a quote opens in this row and is never closed: it would have taken 29 more lines"


@pytest.mark.parametrize(
    "later", ['"words, please"', 'he said "yes"', 'the end"', '"', 'a "quoted" word', '"words ""quoted"", please"']
)
def test_a_later_quote_that_closes_it_by_accident_swallows_nothing(later: str) -> None:
    got = read(table({10: '"see the screen', 30: later}))
    texts = [one.value["body"] for one in got if one.error is None]
    assert all(body in texts for n, body in enumerate(PLAIN) if n not in (10, 30))
    assert not any("\n" in text for text in texts)
    assert sum(one.lines for one in got) == len(PLAIN)
    assert any(one.line == 12 and one.error is not None for one in got)


def test_in_the_first_row_it_costs_that_row_alone() -> None:
    assert bodies(table({0: '"see the screen', 20: 'the end"'}))[:3] == [1, PLAIN[1], PLAIN[2]]


def test_lines_behind_it_that_are_no_rows_go_with_it() -> None:
    text = HEAD + "".join(
        row(n, '"see the screen\nsecond line, of it\n\nthird line' if n == 5 else body) for n, body in enumerate(PLAIN)
    )
    got = read(text)
    (bad,) = (one for one in got if one.error is not None)
    assert (bad.line, bad.lines) == (7, 4) and "3 of which are no rows" in (bad.error or "")
    assert [one.value["body"] for one in got if one.error is None] == PLAIN[:5] + PLAIN[6:]


LONG = [
    "line one\nline two, with comma\n\nand three",
    "id,name\n1,apple\n2,pear\n3,plum",
    "id,name,price\n1,apple,3\n2,pear,4\n3,plum,5",
    "2026-01-01,apple,3\n2026-01-02,pear,4",
    'if x == "a, b":\n    print("no")\n',
    "\n".join(f"line {n}, of many, in a log" for n in range(5000)),
    '"quoted" to begin with\nand "so, on"',
    "ends with a backslash\\",
    "\r\nCR and LF\r\n",
]


@pytest.mark.parametrize("body", LONG)
@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_sound_cells_of_several_lines_stay_whole(body: str, mark: str) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=mark)
    writer.writerow(["id", "created_at", "body"])
    for n in range(9):
        writer.writerow([n, f"2026-01-0{n + 1}", body if n % 4 == 3 else f"words, words; words|{n}"])
    got = read(out.getvalue())
    assert [one.error for one in got] == [None] * 9
    assert [one.value["body"] for one in got][3::4] == [body, body]


def test_quotes_escaped_with_a_backslash() -> None:
    text = HEAD + (
        row(0, r'"The screen says \"error, again\" and stops"')
        + row(1, r'"all of it is \"quoted\""')
        + row(2, r'"C:\new\"')
        + row(3, '"two \\"lines\nof, it\\" here"')
        + row(4, r"a\, b")
        + row(5, r'"a \\ b \"c\""')
        + row(6, r"\N")
    )
    assert bodies(text) == [
        'The screen says "error, again" and stops',
        'all of it is "quoted"',
        "C:\\new\\",
        'two "lines\nof, it" here',
        "a, b",
        'a \\ b "c"',
        "",
    ]


def test_quotes_that_nobody_escaped() -> None:
    text = HEAD + row(0, '"He said "hi" there"') + row(1, '5" disk') + row(2, 'a "b" c') + row(3, '"a" and "b"')
    assert bodies(text) == ['He said "hi" there', '5" disk', 'a "b" c', 'a" and "b']


def test_a_table_without_any_quoting() -> None:
    rows = [f'{n}\t"so" he said\n{n}\t"so he said\n' for n in range(5)]
    assert bodies("id\tbody\n" + "".join(rows)) == ['"so" he said', '"so he said'] * 5


def test_rows_of_another_width() -> None:
    text = (
        HEAD
        + row(0, "a")
        + row(0, "a")
        + row(1, "b, c")
        + row(2, "d,,")
        + "3\n"
        + "words,of,a,text\n"
        + "of a text\n"
        + row(4, "e")
    )
    got = read(text)
    assert bodies(text) == ["a", "a", 1, "d", None, 1, 1, "e"]
    assert got[2].error == "the row has 4 cells, the header 3"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\r\r\n"])
@pytest.mark.parametrize("last", [True, False])
def test_line_ends(end: str, last: bool) -> None:
    text = end.join(["id,body", "1,a", "", '2,"b"', ",", "3,c"]) + (end if last else "")
    assert [one.value for one in read(text)] == [
        {"id": "1", "body": "a"},
        {"id": "2", "body": "b"},
        {"id": "3", "body": "c"},
    ]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("sep=;\nid;text\n1;a, b\n", [{"id": "1", "text": "a, b"}]),
        ('"sep=;"\r\nid;text\r\n1;a\r\n', [{"id": "1", "text": "a"}]),
        ("SEP=\t\nid\ttext\n1\ta, b\n", [{"id": "1", "text": "a, b"}]),
        ("sep=\\t\nid\ttext\n1\ta\n", [{"id": "1", "text": "a"}]),
        ("id;text, or so\n1;a\n2;b\n", [{"id": "1", "text, or so": "a"}, {"id": "2", "text, or so": "b"}]),
        ("text\nHello, you\nand; you\n", [{"text": "Hello, you"}, {"text": "and; you"}]),
        ('id, text\n1, "a, b"\n2, c\n', [{"id": "1", "text": "a, b"}, {"id": "2", "text": "c"}]),
        (",text\n0,a\n", [{"column 1": "0", "text": "a"}]),
        ("id,text,text\n1,a,b\n", [{"id": "1", "text": "a", "text (2)": "b"}]),
        ("id,te\x00xt\n1,a\x00b\n", [{"id": "1", "te\x00xt": "a\x00b"}]),
        ("id,text\n1,a\u2028b\x0bc\x85d\n", [{"id": "1", "text": "a\u2028b\x0bc\x85d"}]),
    ],
)
def test_layouts(text: str, rows: list[dict[str, str]]) -> None:
    assert [one.value for one in read(text)] == rows


def test_columns_of_one_name_are_said() -> None:
    notes: list[str] = []
    read("id,text,text\n1,a,b\n", notes)
    assert notes == ["several columns are called text; they are read as text, text (2)"]


def test_a_header_in_the_middle_is_no_row() -> None:
    got = read(HEAD + row(1, "a") + HEAD + row(2, "b"))
    assert [one.error for one in got] == [None, "the header once more (a file was put behind another)", None]


def test_bad_bytes_cost_their_row_however_late() -> None:
    text = (
        HEAD + "".join(row(n, f"café {n}") for n in range(3000)) + row(3000, "caf\udce9") + row(3001, '"caf\udce9\nx"')
    )
    got = read(text)
    assert [one.line for one in got if one.error is not None] == [3002, 3003]
    assert got[3000].error == "not valid UTF-8 (byte 30)"


def test_a_backslash_before_the_quote_at_the_end_of_a_line_within_a_cell() -> None:
    text = 'id,body\n1,"said \\"no, never\\"\nand left"\n2,"b"\n3,"the \\"red\\" one"\n4,"a 5" screen in C:\\"\n'
    assert [one.value["body"] if one.value else one.error for one in read(text)] == [
        'said "no, never"\nand left',
        "b",
        'the "red" one',
        'a 5" screen in C:\\',
    ]
