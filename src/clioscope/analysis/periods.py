"""Periods: which records of an atlas belong to a span of dates, or to some values of a metadata field."""

from __future__ import annotations

import calendar
import re
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from clioscope.errors import ClioscopeError

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")


class Span(NamedTuple):
    """From the first to the last day, both included; None stands for an open end."""

    first: date | None
    last: date | None


def parse_span(text: str) -> Span:
    """A year (2026), a month (2026-03), a day (2026-03-01), or a range of these with two dots (2026-03..2026-04-15).

    A range may be open at one end (..2026-03, 2026-04..). Raises ClioscopeError for anything else.
    """
    start, dots, end = text.strip().partition("..")
    if not dots:
        end = start
    wrong = ClioscopeError(
        f"{text!r} is no period: give a date (2026-03-01), a month (2026-03), a year or a range "
        "(2026-03-01..2026-03-31); with --by FIELD a period is a value of that field."
    )
    try:
        span = Span(_day(start, False) if start.strip() else None, _day(end, True) if end.strip() else None)
    except ValueError:
        raise wrong from None
    if span == (None, None) or (span.first and span.last and span.first > span.last):
        raise wrong
    return span


def _day(text: str, last: bool) -> date:
    """The first or the last day of a year, a month or a day. Raises ValueError."""
    found = _DATE.fullmatch(text.strip())
    if found is None:
        raise ValueError(text)
    year, month, day = (int(part) if part else None for part in found.groups())
    assert year is not None
    if month is None:
        month, day = (12, 31) if last else (1, 1)
    if day is None:
        day = calendar.monthrange(year, month)[1] if 1 <= month <= 12 and last else 1
    return date(year, month, day)


def within_span(created_at: pl.Series, span: Span) -> NDArray[np.bool_]:
    """Which times (UTC, null where unknown) lie within a span: (n,)."""
    days = created_at.dt.date()
    inside = days.is_not_null()
    if span.first is not None:
        inside &= days >= span.first
    if span.last is not None:
        inside &= days <= span.last
    found: NDArray[np.bool_] = inside.fill_null(False).to_numpy()
    return found
