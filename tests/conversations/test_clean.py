"""Dates in every shape that exports have."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from clioscope.conversations.clean import clean_text, parse_date

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        "2024-05-01T12:00:00Z",
        "2024-05-01T14:00:00+02:00",
        "2024-05-01 12:00",
        "2024-05-01 12:00:00 UTC",
        "20240501T120000",
        "Wed, 01 May 2024 12:00:00 +0000",
        "Wed, 1 May 2024 08:00 EDT",
        "1 May 2024 12:00:00 GMT",
        "Wed May  1 12:00:00 2024",
        " 1714564800 ",
        1714564800,
        1714564800.0,
        1714564800_000,
        1714564800_000_000,
        1714564800_000_000_000,
        datetime(2024, 5, 1, 12),
        datetime(2024, 5, 1, 8, tzinfo=timezone(timedelta(hours=-4))),
    ],
)
def test_the_same_moment(value: object) -> None:
    assert parse_date(value) == NOON


NO_DATES = ["soon", "2024-13-01", "05/10/2024", "0000-00-00 00:00:00", "31 Feb 2024 10:00:00 +0000", "1 May"]
NO_DATES += ["1 May 99999 10:00 +0000", "9" * 400]


@pytest.mark.parametrize("value", [*NO_DATES, True, float("nan"), float("inf"), 1e300, []])
def test_no_date(value: object) -> None:
    with pytest.raises(ValueError):
        parse_date(value)


def test_no_value_is_no_date() -> None:
    assert parse_date(None) is None
    assert parse_date("") is None


def test_clean_text() -> None:
    assert clean_text("a\x00b\ud83dc😀") == "ab\ufffdc😀"
