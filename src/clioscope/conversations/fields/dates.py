"""Dates as exports write them: a moment in UTC, or a short reason why a value is not a date."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from numbers import Integral, Real
from typing import Literal

from clioscope.conversations.fields.date_error import AmbiguousDate, DateError
from clioscope.conversations.fields.date_number import END, FIRST, OUTSIDE, from_milliseconds, from_number, in_range
from clioscope.conversations.fields.date_text import LONGEST, from_text, offset_of

__all__ = ["AmbiguousDate", "DateError", "is_nothing", "order_of", "parse_date"]

_NOTHING = frozenset(
    ("", "-", "--", "—", "–", "null", "none", "nil", "nan", "nat", "n/a", "na", "#n/a", "<na>", "(null)", "\\n")
) | {"undefined"}
_NUMBER = re.compile(r"([+-]?\d{1,24})(?:[.,](\d{1,24}))?", re.ASCII)
_SHORTENED = re.compile(r"[+-]?\d+(?:[.,]\d+)?e[+-]?\d+", re.ASCII | re.IGNORECASE)
_ISO = re.compile(
    r"(\d{4}-\d\d-\d\d(?:[Tt ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,6})?)?)?)(\d*)(?: ?(Z|z|UTC|[+-]\d\d:?\d\d))?", re.ASCII
)
_DOTNET = re.compile(r"\\?/Date\((-?\d+)(?:[+-]\d{4})?\)\\?/", re.ASCII)
_SHELL = re.compile(r"(?:ISODate|new Date)\(\s*[\"']?([^\"'()]+)[\"']?\s*\)")
_YEAR_LAST = re.compile(r"(?<![\d./-])(\d\d?)([/. -])(\d\d?)\2(\d{4}|\d\d)(?![\d/-])", re.ASCII)
_WRAPPED = ("$date", "$numberLong", "$numberInt", "$numberDouble", "value")


def parse_date(value: object, order: Literal["day", "month"] | None = None) -> datetime | None:
    """The moment in UTC that a value stands for; None for an empty value (``is_nothing``).

    Text of every usual kind, epochs in s, ms, µs or ns, Excel's serial numbers, dates, datetimes (without a zone:
    UTC) and MongoDB's ``$date`` are read. ``order`` says whether the day or the month comes first in dates like
    05/01/2026 (order_of tells it from a column). All dates lie in 2000 to 2100.

    Raises AmbiguousDate where day and month can be exchanged and ``order`` is None, else DateError, with the reason.
    """
    if is_nothing(value):
        return None
    if isinstance(value, str):
        return in_range(_from_string(value.strip(), order))
    if isinstance(value, datetime) and type(value) is datetime:
        return in_range(_utc(value))
    if isinstance(value, bool):
        raise DateError("true/false is no date")
    if isinstance(value, int | float | Decimal | Integral | Real):
        return in_range(_from_figure(value))
    if isinstance(value, Mapping):
        return _from_object(value, order)
    if isinstance(value, date) or hasattr(value, "isoformat"):
        # The timestamps of other libraries say it all in their text; a time without a day is refused there.
        return parse_date(str(value.isoformat()), order)
    if hasattr(value, "item") and not hasattr(value, "__len__"):
        return parse_date(str(value), order)
    raise DateError("not a date")


def is_nothing(value: object) -> bool:
    """Whether a value says nothing: None, NaN, NaT, empty text, and words such as ``null`` and ``n/a``."""
    if value is None:
        return True
    if isinstance(value, str):
        return value.isspace() if len(value) > 11 else value.strip().lower() in _NOTHING
    if isinstance(value, float):
        return math.isnan(value)
    if isinstance(value, Decimal):
        return value.is_nan()
    # Without importing the libraries that have them.
    return type(value).__name__ in ("NaTType", "NAType", "datetime64") and str(value) in ("NaT", "<NA>")


def order_of(values: Iterable[object]) -> Literal["day", "month"] | None:
    """Whether day or month comes first in the dates of a column; None where nothing settles it or both occur.

    A value settles it where one of its two numbers is above 12 (13/05/2026). Dates with dots say nothing about others:
    their day comes first, or the month where that is impossible (05.13.2026), so none of them is misread. A year of two
    figures may stand first (13/05/26 for May 2013), so dates with such years settle it only together.
    """
    day = month = False
    firsts: set[int] = set()
    lasts: set[str] = set()
    for value in values:
        match = _YEAR_LAST.search(value) if isinstance(value, str) and len(value) <= LONGEST else None
        if match is None:
            continue
        first, second, separator, last = int(match[1]), int(match[3]), match[2], match[4]
        if len(last) == 2 and separator != ".":
            firsts.add(first)
            lasts.add(last)
        if first <= 12 < second <= 31:
            month = month or separator == "." or _is_date(value, "month")
        elif second <= 12 < first <= 31 and separator != "." and (len(last) == 4 or not 1 <= int(last) <= 31):
            day = day or _is_date(value, "day")
        if day and month:
            return None
    # Thirteen first numbers beside three last ones are days; as years they would stand beside three days of the month.
    day = day or (len(firsts) >= 13 and max(firsts) > 12 and len(lasts) <= 3)
    if day and month:
        return None
    return "day" if day else "month" if month else None


def _is_date(text: object, order: Literal["day", "month"]) -> bool:
    try:
        return parse_date(text, order) is not None
    except DateError:
        return False


def _from_string(text: str, order: Literal["day", "month"] | None) -> datetime:
    if (match := _ISO.fullmatch(text)) and (moment := _from_iso(*match.groups())):
        return moment
    if match := _NUMBER.fullmatch(text):
        if len(match[1]) > 1 and match[1][0] == "0":
            raise DateError("a number with a zero in front")  # 010526 is no number of days
        return from_number(Decimal(f"{match[1]}.{match[2] or 0}"))
    if _SHORTENED.fullmatch(text):
        raise DateError("a number with an exponent has lost figures")
    if match := _DOTNET.fullmatch(text):
        return from_milliseconds(Decimal(match[1]))
    if match := _SHELL.fullmatch(text):
        return _from_string(match[1].strip(), order)
    return from_text(text, order)


def _from_iso(local: str, finer: str, zone: str | None) -> datetime | None:
    """The usual form, on the short way; None for what the grammar should look at."""
    if (finer and len(local) != 26) or (zone and len(local) == 10):
        return None
    try:
        moment = datetime.fromisoformat(local).replace(tzinfo=UTC)
    except ValueError:
        return None
    if zone is None or zone in ("Z", "z", "UTC"):
        return moment
    return moment - offset_of(zone) if FIRST < moment < END else None


def _from_figure(value: object) -> datetime:
    if isinstance(value, Integral):
        return from_number(Decimal(int(value)))
    number = value if isinstance(value, Decimal) else Decimal(repr(float(value)))  # type: ignore[arg-type]
    if not number.is_finite() or abs(number) > 10**24:
        raise DateError(OUTSIDE)
    return from_number(number, coarse=not isinstance(value, Decimal))


def _from_object(value: Mapping[object, object], order: Literal["day", "month"] | None) -> datetime | None:
    """MongoDB's ``$date``, in which numbers are milliseconds, and the seconds of Firestore and BSON."""
    if len(value) == 1:
        name, inner = next(iter(value.items()))
        if name == "$date":
            return _milliseconds(inner, order)
        if name in _WRAPPED:
            return parse_date(inner, order)
        if name == "$timestamp" and isinstance(inner, Mapping):
            return parse_date(inner.get("t"))
    for name in ("_seconds", "seconds"):
        if name in value and len(value) <= 2:
            return parse_date(value[name])
    raise DateError("not a date")


def _milliseconds(value: object, order: Literal["day", "month"] | None) -> datetime | None:
    while isinstance(value, Mapping) and len(value) == 1 and next(iter(value)) in _WRAPPED:
        value = next(iter(value.values()))
    text = str(value).strip()
    if not isinstance(value, bool) and re.fullmatch(r"-?\d{1,24}(?:\.\d+)?", text, re.ASCII):
        return from_milliseconds(Decimal(text))
    return parse_date(value, order)


def _utc(moment: datetime) -> datetime:
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError as error:
        raise DateError(OUTSIDE) from error
