"""What a period is written as."""

from datetime import date

import polars as pl
import pytest

from clioscope.analysis.periods import parse_span, within_span
from clioscope.errors import ClioscopeError


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-03", date(2026, 3, 1), date(2026, 3, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026-03-05", date(2026, 3, 5), date(2026, 3, 5)),
        ("2026-03-05..2026-04", date(2026, 3, 5), date(2026, 4, 30)),
        ("2026-03..", date(2026, 3, 1), None),
        ("..2026-03-04", None, date(2026, 3, 4)),
    ],
)
def test_periods(text, first, last) -> None:
    assert parse_span(text) == (first, last)


@pytest.mark.parametrize("text", ["", "..", "march", "2026-13", "2026-02-30", "2026-04..2026-03", "2026-03-01..x"])
def test_what_is_no_period_is_an_error(text) -> None:
    with pytest.raises(ClioscopeError, match="is no period"):
        parse_span(text)


def test_both_ends_belong_to_a_period_and_what_has_no_date_to_none() -> None:
    times = pl.Series(["2026-03-01T00:00:00", "2026-03-31T23:59:59", "2026-04-01T00:00:00", None]).str.to_datetime()
    assert within_span(times, parse_span("2026-03")).tolist() == [True, True, False, False]
