"""Numbers as dates: epochs in s, ms, µs and ns, compact dates and Excel's serial numbers, told by their size."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal

from clioscope.conversations.fields.date_error import DateError

FIRST = datetime(2000, 1, 1, tzinfo=UTC)
END = datetime(2101, 1, 1, tzinfo=UTC)
OUTSIDE = "outside 2000 to 2100"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EXCEL = datetime(1899, 12, 30, tzinfo=UTC)
_START, _STOP = 946_684_800, 4_133_980_800  # seconds: 2000-01-01 and 2101-01-01
_COMPACT = re.compile(r"(20\d\d|2100)(\d\d)(\d\d)(?:(\d\d)(\d\d)(?:(\d\d)(\d\d\d)?)?)?", re.ASCII)
_HOUR = re.compile(r"(?:20\d\d|2100)(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])", re.ASCII)


def in_range(moment: datetime) -> datetime:
    """The moment, in UTC, if it lies in 2000 to 2100. Raises DateError."""
    if not FIRST <= moment < END:
        raise DateError(OUTSIDE)
    return moment


def from_number(number: Decimal, coarse: bool = False) -> datetime:
    """The moment that a number stands for; the ranges of the units do not overlap within 2000 to 2100.

    ``coarse`` says that the number was a float, which holds nanoseconds in steps of 256 only.
    Raises DateError for numbers outside those ranges, bare years, and ids that look like nanoseconds.
    """
    whole = int(number)
    fraction = number - whole
    if number < 0:
        raise DateError(OUTSIDE)
    digits = str(whole)
    compact = _COMPACT.fullmatch(digits)
    if compact and (not fraction or len(digits) == 14):
        return _compact(compact, fraction)
    if 2000 <= whole <= 2100 and not fraction:
        raise DateError("a year alone is no date")
    if 36526 <= whole < 73416:
        # Excel counts days; its own resolution is the millisecond.
        return _EXCEL + timedelta(milliseconds=int((number * 86_400_000).to_integral_value(ROUND_HALF_EVEN)))
    for per_second in (1, 10**3, 10**6, 10**9):
        if _START * per_second <= whole < _STOP * per_second:
            if _HOUR.fullmatch(digits):
                raise DateError("may be epoch seconds or a compact date with its hour")
            if per_second == 10**9 and whole % (10**6 if coarse else 10**3):
                raise DateError("looks like an id")
            return _EPOCH + timedelta(microseconds=int(number * 10**6 / per_second))
    raise DateError(OUTSIDE)


def from_milliseconds(number: Decimal) -> datetime:
    """The moment of an epoch that is known to be in milliseconds. Raises DateError."""
    if not _START * 1000 <= number < _STOP * 1000:
        raise DateError(OUTSIDE)
    return _EPOCH + timedelta(microseconds=int(number * 1000))


def _compact(match: re.Match[str], fraction: Decimal) -> datetime:
    year, month, day, hour, minute, second, thousandth = (int(part or 0) for part in match.groups())
    try:
        moment = datetime(year, month, day, hour, minute, second, thousandth * 1000, tzinfo=UTC)
    except ValueError as error:
        raise DateError("no such day or time") from error
    return moment + timedelta(microseconds=int(fraction * 10**6))
