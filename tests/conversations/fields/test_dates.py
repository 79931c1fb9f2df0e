"""Dates in every shape that exports have: the right moment, or a reason."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from email.utils import format_datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clioscope.conversations.fields.dates import AmbiguousDate, DateError, is_nothing, order_of, parse_date

MAY = datetime(2026, 5, 1, 10, 30, tzinfo=UTC)
DAY = datetime(2026, 5, 1, tzinfo=UTC)
EVENING = datetime(2026, 5, 1, 22, 30, tzinfo=UTC)


def at(hour: int, minute: int = 30, second: int = 0, microsecond: int = 0) -> datetime:
    return datetime(2026, 5, 1, hour, minute, second, microsecond, tzinfo=UTC)


READ: list[tuple[object, datetime]] = [
    # numbers
    (1777631400, MAY),
    ("1777631400", MAY),
    (" 1777631400 ", MAY),
    (1777631400.0, MAY),
    ("1777631400.0", MAY),
    ("1777631400.25", at(10, 30, 0, 250000)),
    (1777631400000, MAY),
    ("1777631400000", MAY),
    (1777631400000.0, MAY),
    (1777631400000000, MAY),
    (1777631400000000000, MAY),
    (1.7776314e18, MAY),
    (Decimal("1777631400.5"), at(10, 30, 0, 500000)),
    (np.int64(1777631400), MAY),
    (np.float64(1777631400), MAY),
    (946684800, datetime(2000, 1, 1, tzinfo=UTC)),
    (946684800000, datetime(2000, 1, 1, tzinfo=UTC)),
    (46143, DAY),
    ("46143", DAY),
    ("46143.4375", MAY),
    ("46143,4375", MAY),
    (46143.4375, MAY),
    ("46143.43751157407", at(10, 30, 1)),
    (36526, datetime(2000, 1, 1, tzinfo=UTC)),
    (73415, datetime(2100, 12, 31, tzinfo=UTC)),
    ("20260501", DAY),
    (20260501, DAY),
    (20260501.0, DAY),
    ("20260501103000", MAY),
    (20260501103000, MAY),
    ("20260501103000.5", at(10, 30, 0, 500000)),
    ("202605011030", MAY),
    ("20260501103000123", at(10, 30, 0, 123000)),
    # compact text
    ("20260501T103000", MAY),
    ("20260501T103000Z", MAY),
    ("20260501T1030Z", MAY),
    ("20260501T103000.123Z", at(10, 30, 0, 123000)),
    ("20260501T103000+0300", at(7)),
    ("20260501103000Z", MAY),
    ("20260501103000.0Z", MAY),
    ("20260501103000+0300", at(7)),
    ("20260501 103000", MAY),
    ("20260501_103000", MAY),
    ("20260501-103000", MAY),
    ("20260501 1030", MAY),
    ("20260501 10:30", MAY),
    # ISO 8601
    ("2026-05-01", DAY),
    ("2026-05-01T10:30", MAY),
    ("2026-05-01t10:30:00z", MAY),
    ("2026-05-01 10:30:00", MAY),
    ("2026-05-01  10:30:00", MAY),
    ("2026-05-01T10:30:00Z", MAY),
    ("2026-05-01T10:30:00 Z", MAY),
    ("2026-05-01T10:30:00.123456789Z", at(10, 30, 0, 123456)),
    ("2026-05-01T10:30:00.123456789+03:00", at(7, 30, 0, 123456)),
    ("2026-05-01T10:30:00.5", at(10, 30, 0, 500000)),
    ("2026-05-01 10:30:00,123", at(10, 30, 0, 123000)),
    ("2026-05-01 10:30:00:123", at(10, 30, 0, 123000)),
    ("2026-05-01T10:30:00.000+0000", MAY),
    ("2026-05-01 10:30:00 -0700", at(17)),
    ("2026-05-01 10:30:00 -07:00", at(17)),
    ("2026-05-01 10:30:00-07", at(17)),
    ("2026-05-01 10:30:00.5+00", at(10, 30, 0, 500000)),
    ("2026-05-01T10:30:00+05:45", at(4, 45)),
    ("2026-05-01 10:30:00 UTC", MAY),
    ("2026-05-01 10:30:00 utc", MAY),
    ("2026-05-01 10:30:00 GMT", MAY),
    ("2026-05-01 10:30:00 +0000 UTC", MAY),
    ("2026-05-01 10:30:00.123 +0300 MSK m=+0.001", at(7, 30, 0, 123000)),
    ("2026-05-01 10:30:00 UTC+3", at(7)),
    ("2026-05-01 10:30:00 UTC+03:00", at(7)),
    ("2026-05-01 10:30:00 (UTC)", MAY),
    ("2026-05-01T10:30:00+00:00Z", MAY),
    ("2026-05-01T10:30:00+03:00[Europe/Moscow]", at(7)),
    ("2026-05-01 10:30 Europe/Berlin", at(8)),
    ("2026-05-01T24:00:00", datetime(2026, 5, 2, tzinfo=UTC)),
    ("2026-05-01Z", DAY),
    ("2026-05-01+03:00", datetime(2026, 4, 30, 21, tzinfo=UTC)),
    ("2026-W18-5", DAY),
    ("2026W185T103000Z", MAY),
    ("2026-121", DAY),
    ("2026-121T10:30", MAY),
    ("2026-5-1", DAY),
    ("2026-05-01_10-30-00", MAY),
    ("2026-05-01 103000", MAY),
    ("2026:05:01 10:30:00", MAY),
    ("１/Ｍａｙ/２０２６ 10:30", MAY),
    ("2026‑05‑01 10:30", MAY),
    ('"2026-05-01 10:30"', MAY),
    # named zones
    ("2026-05-01 10:30:00 PST", at(18)),
    ("2026-05-01 10:30:00 PDT", at(17)),
    ("2026-05-01 10:30:00 EST", at(15)),
    ("2026-05-01 10:30:00 EDT", at(14)),
    ("01-MAY-26 10.30.00 PM", at(22, 30)),
    ("01-May-2026 10.30.00.000000 AM", at(10, 30)),
    ("2026-05-01-10.30.00.000000", at(10, 30)),
    ("Fr., 01.05.2026 10:30 Uhr", at(10, 30)),
    ("2026-05-01 10:30:00 CDT", at(15)),
    ("2026-05-01 10:30:00 MST", at(17)),
    ("2026-05-01 10:30:00 MDT", at(16)),
    ("2026-05-01 10:30:00 ET", at(14)),
    ("2026-05-01 10:30:00 CET", at(9)),
    ("2026-05-01 10:30:00 CEST", at(8)),
    ("2026-05-01 10:30:00 EET", at(8)),
    ("2026-05-01 10:30:00 EEST", at(7)),
    ("2026-05-01 10:30:00 MSK", at(7)),
    ("01.05.2026 10:30 МСК", at(7)),
    ("2013-05-01 10:30:00 MSK", datetime(2013, 5, 1, 6, 30, tzinfo=UTC)),
    ("2026-05-01 10:30:00 JST", at(1)),
    ("2026-05-01 10:30:00 KST", at(1)),
    ("2026-05-01 10:30:00 +0530 IST", at(5, 0)),
    ("2026-05-01 10:30:00 +0800 CST", at(2)),
    # as programs write them
    ("Fri May 01 2026 10:30:00 GMT+0300 (Moscow Standard Time)", at(7)),
    ("Fri May 01 2026 10:30:00 GMT+0300 (Москва, стандартное время)", at(7)),
    ("Fri May 01 2026 10:30:00 GMT-0500 (hora estándar de Colombia)", at(15)),
    ("Fri May 01 2026 10:30:00 GMT+0000", MAY),
    ("Fri May 01 10:30:00 +0000 2026", MAY),
    ("Fri May 01 10:30:00 +0300 2026", at(7)),
    ("Fri May  1 10:30:00 2026", MAY),
    ("Fri May  1 10:30:00 MSK 2026", at(7)),
    ("Fri May  1 10:30:00 AM UTC 2026", MAY),
    ("Fri, 01 May 2026 10:30:00 +0000", MAY),
    ("Fri, 1 May 2026 10:30:00 GMT", MAY),
    ("Fri, 01 May 2026 10:30:00 MSK", at(7)),
    ("Fri, 1 May 2026 10:30 EDT", at(14)),
    ("Fri, 1 May 2026 10:30:00 -0700 (PDT)", at(17)),
    ("1 May 2026 10:30:00 GMT", MAY),
    ("Fri, 01 May 26 10:30:00 GMT", MAY),
    ("Friday, 01-May-26 10:30:00 GMT", MAY),
    ("01/May/2026:10:30:00 +0300", at(7)),
    ("/Date(1777631400000)/", MAY),
    ("/Date(1777631400000+0300)/", MAY),
    ('ISODate("2026-05-01T10:30:00Z")', MAY),
    ({"$date": "2026-05-01T10:30:00Z"}, MAY),
    ({"$date": {"$numberLong": "1777631400000"}}, MAY),
    ({"$date": 1777631400000}, MAY),
    ({"$numberLong": "1777631400"}, MAY),
    ({"$timestamp": {"t": 1777631400, "i": 1}}, MAY),
    ({"_seconds": 1777631400, "_nanoseconds": 0}, MAY),
    # AM and PM
    ("May 1, 2026 10:30 PM", EVENING),
    ("01 May 2026 10:30 PM", EVENING),
    ("May 1st, 2026 at 10:30 p.m.", EVENING),
    ("2026-05-01 10:30PM", EVENING),
    ("2026-05-01 10:30:00 pm", EVENING),
    ("2026-05-01 10:30 p. m.", EVENING),
    ("2026-05-01 10:30\u202fPM", EVENING),
    ("10:30 PM, May 1, 2026", EVENING),
    ("10:30 PM Friday, May 1, 2026", EVENING),
    ("May 1, 2026, 10 PM", at(22, 0)),
    ("May 1, 2026 12:30 AM", at(0)),
    ("May 1, 2026 12:30 PM", at(12)),
    ("May 1, 2026 12:00 AM", DAY),
    ("2026-05-01 12:30 a.m.", at(0)),
    ("May 1, 2026 10:30 PM EST", datetime(2026, 5, 2, 3, 30, tzinfo=UTC)),
    ("2026年5月1日 下午10:30", EVENING),
    ("2026年5月1日 上午12:30", at(0)),
    ("2026年5月1日 午後0:30", at(12)),
    ("2026년 5월 1일 오후 10:30", EVENING),
    ("2026. 5. 1. 오후 10:30:00", EVENING),
    # words
    ("May 1, 2026", DAY),
    ("May 1 2026", DAY),
    ("1 May 2026", DAY),
    ("01-May-2026", DAY),
    ("01MAY2026", DAY),
    ("May-01-2026", DAY),
    ("2026-May-01", DAY),
    ("2026 May 1", DAY),
    ("Friday, May 1, 2026", DAY),
    ("the 1st of May 2026", DAY),
    ("1 May 26 10:30", MAY),
    ("May 1, '26", DAY),
    ("Sept. 3, 2026", datetime(2026, 9, 3, tzinfo=UTC)),
    ("1 мая 2026 г., 10:30", MAY),
    ("1 мая 2026 г. в 10:30", MAY),
    ("пт, 1 мая 2026 10:30", MAY),
    ("01 мая 2026, 10:30:00", MAY),
    ("1 травня 2026 р. 10:30", MAY),
    ("Freitag, 1. Mai 2026 um 10:30 Uhr", MAY),
    ("1. Mai 2026 10.30 Uhr", MAY),
    ("3. März 2026", datetime(2026, 3, 3, tzinfo=UTC)),
    ("le 1er mai 2026 à 10h30", MAY),
    ("vendredi 1 mai 2026 10:30", MAY),
    ("3 févr. 2026", datetime(2026, 2, 3, tzinfo=UTC)),
    ("14 août 2026", datetime(2026, 8, 14, tzinfo=UTC)),
    ("1 de mayo de 2026, 10:30 p. m.", EVENING),
    ("1 de mayo de 2026 a las 10:30", MAY),
    ("am 1. Mai 2026 um 10:30 Uhr", MAY),
    ("1º de maio de 2026 às 10:30", MAY),
    ("venerdì 1 maggio 2026 alle ore 10:30", MAY),
    ("1 mei 2026 10:30", MAY),
    ("1 Mayıs 2026 10:30", MAY),
    ("mar. 5 mai 2026", datetime(2026, 5, 5, tzinfo=UTC)),
    ("mar 3 mar 2026", datetime(2026, 3, 3, tzinfo=UTC)),
    ("1 maggio 2026 alle 10:30", MAY),
    ("1 de maio de 2026 às 10:30", MAY),
    ("sexta-feira, 1 de maio de 2026", DAY),
    ("2026年5月1日 10:30", MAY),
    ("2026年5月1日10时30分", MAY),
    ("2026年5月1日(金) 10:30", MAY),
    ("2026年5月1日 星期五 10:30", MAY),
    ("2026년 5월 1일 10:30", MAY),
    # figures that settle themselves
    ("01.05.2026 10:30", MAY),
    ("1.5.2026", DAY),
    ("01.05.26", DAY),
    ("01.05.2026, 10:30:00", MAY),
    ("1.5.2026 klo 10:30", MAY),
    ("1.5.2026 10.30", MAY),
    ("31.12.2026", datetime(2026, 12, 31, tzinfo=UTC)),
    ("2026/05/01 10:30", MAY),
    ("2026.05.01", DAY),
    ("2026/5/1", DAY),
    ("13/05/2026", datetime(2026, 5, 13, tzinfo=UTC)),
    ("05/13/2026", datetime(2026, 5, 13, tzinfo=UTC)),
    ("13-05-2026", datetime(2026, 5, 13, tzinfo=UTC)),
    ("05/05/2026", datetime(2026, 5, 5, tzinfo=UTC)),
    ("05/13/26", datetime(2026, 5, 13, tzinfo=UTC)),
    ("5/13/2026, 10:30:00 PM", datetime(2026, 5, 13, 22, 30, tzinfo=UTC)),
    ("Fri 05/01/2026", DAY),
    ("Fri 01/05/2026", DAY),
    # what other libraries hand over
    (datetime(2026, 5, 1, 10, 30), MAY),
    (datetime(2026, 5, 1, 13, 30, tzinfo=timezone(timedelta(hours=3))), MAY),
    (date(2026, 5, 1), DAY),
    (np.datetime64("2026-05-01T10:30:00", "ns"), MAY),
    (np.datetime64("2026-05-01"), DAY),
]


@pytest.mark.parametrize(("value", "moment"), READ, ids=lambda value: str(value)[:60])
def test_the_moment(value: object, moment: datetime) -> None:
    found = parse_date(value)
    assert found == moment
    assert found.tzinfo is UTC


AMBIGUOUS = [
    "05/01/2026",
    "05/01/2026 10:30 PM",
    "05-01-2026",
    "5/1/26",
    "[01/05/26, 10:30:00]",
    "13/05/26",
    "26/05/01",
]
AMBIGUOUS += ["01 05 2026", "5/1/2026, 10:30:00 PM", "05/01/2026 10:30:00 -0700", "25/12/26", "05-01-2026T10:30"]


@pytest.mark.parametrize("text", AMBIGUOUS)
def test_day_and_month_can_be_exchanged(text: str) -> None:
    with pytest.raises(AmbiguousDate):
        parse_date(text)


def test_the_order_of_the_column() -> None:
    assert parse_date("05/01/2026", "month") == DAY
    assert parse_date("01/05/2026", "day") == DAY
    assert parse_date("01/05/26 10:30", "day") == MAY
    assert parse_date("13/05/2026", "day") == datetime(2026, 5, 13, tzinfo=UTC)
    assert parse_date("2026-05-01", "month") == DAY
    assert parse_date("1 May 2026", "month") == DAY
    assert parse_date("01.05.2026", "day") == DAY


@pytest.mark.parametrize(
    ("text", "order"),
    [("13/05/2026", "month"), ("05/13/2026", "day"), ("01.05.2026", "month"), ("Mon 05/01/2026", "month")],
)
def test_a_value_that_contradicts_its_column(text: str, order: str) -> None:
    with pytest.raises(DateError):
        parse_date(text, order)  # type: ignore[arg-type]


OUTSIDE: list[object] = [0, "0", -1, "-1", 1, "1970-01-01", "1970-01-01T00:00:00Z", "0001-01-01", "0000-00-00 00:00:00"]
OUTSIDE += ["9999-12-31", "9999-12-31T23:59:59", "1999-12-31", "2101-01-01", "1 Jan 1970", "01.01.1970", 946684799]
OUTSIDE += [4133980800, 1e300, float("inf"), "9" * 20, "2569-05-01", "31 Dec 1999", date(1970, 1, 1), datetime.min]
OUTSIDE += [datetime(1999, 12, 31, 23, 59, tzinfo=UTC), "Sun, 06 Nov 94 08:49:37 GMT", 36525, 73416, 133221567890123456]
OUTSIDE += ["2000-01-01T00:00:00+03:00", "2100-12-31T23:00:00-03:00", {"$date": 0}, {"$date": 1777631400}]


@pytest.mark.parametrize("value", OUTSIDE, ids=str)
def test_outside_2000_to_2100(value: object) -> None:
    with pytest.raises(DateError, match="outside 2000 to 2100"):
        parse_date(value)


NO_DATES: list[object] = [
    "soon",
    "today",
    "2 days ago",
    "10:30",
    "May",
    "May 2026",
    "May 1",
    "1 May",
    "2026-05",
    "05/2026",
]
NO_DATES += [
    "2026",
    2026,
    2026.0,
    "Q2 2026",
    "2026-W18",
    "202605",
    "2026121",
    "260501",
    "13052026",
    "1234567890123456789",
]
NO_DATES += [
    1234567890123456789,
    "1.777631E+12",
    "1.7776314e9",
    "2026050110",
    "2026-13-01",
    "2026-02-30",
    "30 Feb 2026",
]
NO_DATES += [
    "2026-05-01 25:00",
    "2026-05-01 10:60",
    "2026-05-01 10:30:60",
    "2026-05-01 24:30",
    "2026/13/05",
    "20261301",
]
NO_DATES += [
    "31.04.2026",
    "05.13.2026",
    "31/31/2026",
    "2026-366",
    "2026-W54-1",
    "2026-05-01 13:30 AM",
    "2026-05-01 0:30 PM",
]
NO_DATES += ["Thu, 01 May 2026 10:30:00 GMT", "Thu 05/01/2026", "2026-05-01 10:30:00 IST", "2026-05-01 10:30:00 BST"]
NO_DATES += ["2026-05-01 10:30:00 CST", "Fri May 01 10:30:00 CST 2026"]
NO_DATES += ["2026-05-01 10:30:00 AST", "2026-05-01 10:30:00 XYZ", "2026-05-01 10:30 EST5EDT", "2026-05-01 10:30+15:00"]
NO_DATES += ["2026-05-01 10:30+03:20", "2026-05-01T10:30+03:00 UTC", "2026-05-01 10:30 UTC MSK", "2026-05-01-07:00"]
NO_DATES += [
    "2026-05-01 10:30 Nowhere/Land",
    "2026-10-25 02:30 Europe/Berlin",
    "2026-05-01 10:30 - 11:30",
    "1 May 2026 1030",
]
NO_DATES += [
    "May 2026 10:30.5",
    "May 1, 2026 - May 3, 2026",
    "1-5 May 2026",
    "May 5 2026 room 4",
    "2026-05-01 2026-05-02",
]
NO_DATES += [
    "2026-05-01 10:30 2026-05-01 10:30",
    "令和8年5月1日",
    "٢٠٢٦-٠٥-٠١",
    "1 May 99999 10:00 +0000",
    "2026-05-0110:30",
]
NO_DATES += [
    "2026-05-01T10:30:00Zulu time",
    "2026-05-01x10:30",
    "x" * 500,
    True,
    False,
    [],
    ["2026-05-01"],
    {},
    {"a": 1},
]
NO_DATES += [
    "051326",
    "010126",
    "01052026",
    "2026-05-01 10:30+00 PM",
    "May 1 10:30 2026 AM",
    "2A026-05-01",
    "10:30 1A.5.2026",
]
NO_DATES += ["May 1, 2026 12:30a", "1, 12:30 May AM 2026", "Fri May 01 2026 10:30:00 GMT+0000 PM", "95/12/26"]
NO_DATES += [b"2026-05-01", time(10, 30), timedelta(1), pytest, math.pi, "0x69f2a3c8", "12:30:45", "May May 1 2026"]


@pytest.mark.parametrize("value", NO_DATES, ids=lambda value: str(value)[:60])
def test_no_date(value: object) -> None:
    with pytest.raises(DateError) as caught:
        parse_date(value)
    assert 0 < len(str(caught.value)) < 100


NOTHING: list[object] = [
    None,
    "",
    " ",
    "null",
    "NULL",
    "None",
    "n/a",
    "N/A",
    "nan",
    "NaN",
    "NaT",
    "undefined",
    "-",
    "—",
]
NOTHING += [
    float("nan"),
    Decimal("nan"),
    "\\N",
    "#N/A",
    "<NA>",
    np.datetime64("NaT"),
    np.float64("nan"),
    {"$date": None},
]


@pytest.mark.parametrize("value", NOTHING, ids=repr)
def test_nothing_is_no_date(value: object) -> None:
    assert parse_date(value) is None
    if not isinstance(value, dict):
        assert is_nothing(value)


@pytest.mark.parametrize("value", [0, "0", False, "none of them", [], {}, "x"])
def test_something(value: object) -> None:
    assert not is_nothing(value)


@pytest.mark.parametrize(
    ("values", "order"),
    [
        (["05/01/2026", "05/13/2026"], "month"),
        (["05/01/2026", "13/05/2026"], "day"),
        (["05-01-2026 10:30", "13-05-2026 10:30"], "day"),
        (["05/13/2026", "13/05/2026"], None),
        (["05/01/2026", "01/05/2026"], None),
        (["2026-05-13", "2026/05/13", "13 May 2026", 1777631400, None], None),
        (["01.05.2026", "13.05.2026"], None),
        (["01.05.2026", "05.13.2026"], "month"),
        (["13/05/2026", "05.13.2026"], None),
        (["13/05/26", "14/05/26"], None),
        (["05/13/26", "05/01/26"], "month"),
        ([f"{day:02}/05/26" for day in range(1, 29)], "day"),
        ([f"26/05/{day:02}" for day in range(1, 29)], None),
        (["call 13/05/2026 or so", "05/01/2026"], None),
        (["5/13/2026, 10:30:00 PM", "5/1/2026, 1:00:00 AM"], "month"),
        ([], None),
    ],
)
def test_order_of_a_column(values: list[object], order: str | None) -> None:
    assert order_of(values) == order


# Properties: every unambiguous way of writing a moment gives it back, and no way gives another one.

MOMENTS = st.datetimes(datetime(2000, 1, 2), datetime(2100, 12, 30)).map(lambda moment: moment.replace(tzinfo=UTC))
THIS_CENTURY = st.datetimes(datetime(2000, 1, 2), datetime(2068, 12, 30)).map(lambda moment: moment.replace(tzinfo=UTC))
OFFSETS = st.integers(-12 * 4, 14 * 4).map(lambda quarters: timezone(timedelta(minutes=15 * quarters)))
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TO_A_SECOND = ["%Y%m%dT%H%M%SZ", "%Y%m%d%H%M%S", "%Y/%m/%d %H:%M:%S", "%d.%m.%Y %H:%M:%S", "%a %b %d %H:%M:%S %Y"]
TO_A_SECOND += [
    "%B %d, %Y %I:%M:%S %p",
    "%d %b %Y %I:%M:%S %p",
    "%d-%b-%Y %H:%M:%S",
    "%G-W%V-%uT%H:%M:%S",
    "%Y-%jT%H%M%S",
]
TO_A_SECOND += ["%A, %d %B %Y %H:%M:%S UTC", "%I:%M:%S %p %b %d %Y", "%d/%b/%Y:%H:%M:%S +0000", "%Y年%m月%d日 %H:%M:%S"]
TO_A_SECOND += ["%a %m/%d/%Y %H:%M:%S", "%Y-%m-%d_%H-%M-%S", "%a %b %d %Y %H:%M:%S GMT+0000 (UTC)", "%Y%m%d %H%M%S"]
READING: list[Callable[[datetime], object]] = [
    lambda moment: moment,
    lambda moment: moment.replace(tzinfo=None),
    lambda moment: moment.isoformat(),
    lambda moment: moment.isoformat(" "),
    lambda moment: moment.strftime("%Y-%m-%dT%H:%M:%S.%f789Z"),
    lambda moment: moment.strftime("%Y%m%d%H%M%S.%f"),
    lambda moment: (moment - EPOCH) // timedelta(microseconds=1),
    lambda moment: str((moment - EPOCH) // timedelta(microseconds=1) * 1000),
]


@given(MOMENTS, st.sampled_from(READING))
def test_the_same_to_a_microsecond(moment: datetime, written: Callable[[datetime], object]) -> None:
    assert parse_date(written(moment)) == moment


@given(MOMENTS, st.sampled_from(TO_A_SECOND))
def test_the_same_to_a_second(moment: datetime, form: str) -> None:
    # A weekday beside 05/01/2026 settles it unless both days are the same one of the week.
    try:
        assert parse_date(moment.strftime(form)) == moment.replace(microsecond=0)
    except AmbiguousDate:
        assert "%m/%d" in form


@given(MOMENTS, OFFSETS, st.sampled_from(["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%d %H:%M:%S %z", "%a %b %d %H:%M:%S %z %Y"]))
def test_the_same_in_any_zone(moment: datetime, zone: timezone, form: str) -> None:
    local = moment.replace(microsecond=0).astimezone(zone)
    assert parse_date(local.strftime(form)) == moment.replace(microsecond=0)
    assert parse_date(format_datetime(local)) == moment.replace(microsecond=0)
    assert parse_date(local) == moment.replace(microsecond=0)


@given(MOMENTS)
def test_the_same_as_an_epoch_or_flagged(moment: datetime) -> None:
    seconds = moment.replace(microsecond=0)
    whole = (seconds - EPOCH) // timedelta(seconds=1)
    for value in (whole, str(whole), float(whole)):
        try:
            assert parse_date(value) == seconds
        except DateError as error:
            assert "compact date with its hour" in str(error)
    assert parse_date(whole * 1000) == parse_date(whole * 10**6) == parse_date(float(whole * 10**9)) == seconds


@given(MOMENTS)
def test_the_same_as_a_serial_number(moment: datetime) -> None:
    to_a_millisecond = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    days = (to_a_millisecond - datetime(1899, 12, 30, tzinfo=UTC)) / timedelta(days=1)
    assert parse_date(days) == parse_date(str(days)) == to_a_millisecond


FIGURES = ["%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%d/%m/%y", "%m/%d/%y", "%y/%m/%d", "%d.%m.%Y", "%Y-%m-%d"]


@given(
    THIS_CENTURY,
    st.sampled_from(FIGURES),
    st.sampled_from(["", " %H:%M", ", %H:%M:%S", " %I:%M %p", " %H:%M:%S -0000"]),
)
def test_day_and_month_are_never_exchanged_in_silence(moment: datetime, form: str, clock: str) -> None:
    text = moment.strftime(form + clock)
    try:
        found = parse_date(text)
    except DateError:
        return
    assert found is not None
    assert found.date() == moment.date()


@given(
    st.lists(THIS_CENTURY, min_size=1, max_size=40), st.sampled_from(["%d/%m/%Y", "%m/%d/%Y", "%d/%m/%y", "%m-%d-%y"])
)
def test_a_column_is_read_in_its_own_order_or_flagged(moments: list[datetime], form: str) -> None:
    column = [moment.strftime(form) for moment in moments]
    order = order_of(column)
    assert order in (None, "day" if form.startswith("%d") else "month")
    for moment, text in zip(moments, column, strict=True):
        try:
            found = parse_date(text, order)
        except DateError:
            continue
        assert found is not None
        assert found.date() == moment.date()


@given(st.one_of(st.text(max_size=40), st.integers(), st.floats(), st.binary(max_size=8), st.none()))
def test_anything_else_is_refused_in_words(value: object) -> None:
    try:
        found = parse_date(value)
    except DateError as error:
        assert str(error)
    else:
        assert found is None or 2000 <= found.year <= 2100


@given(st.text(alphabet="0123456789 :/.-+TZWMaypmAPUTC,年月日()[]'", max_size=32))
def test_what_looks_like_a_date_is_read_or_refused(text: str) -> None:
    try:
        found = parse_date(text)
    except DateError:
        return
    assert found is None or 2000 <= found.year <= 2100
