"""Dates in words and figures: a strict grammar of one day, one time, one zone and one weekday, in any usual order."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta
from typing import Literal, NamedTuple

from clioscope.conversations.fields.date_error import AmbiguousDate, DateError
from clioscope.conversations.fields.date_number import OUTSIDE
from clioscope.conversations.fields.date_words import (
    FILLERS,
    MONTHS,
    PLACES,
    SEVERAL,
    WEEKDAYS,
    ZONES,
    fold,
    zone_offset,
)

Order = Literal["day", "month"]

LONGEST = 120  # characters; longer text is no date

_ASCII = re.ASCII | re.IGNORECASE
_REPLACED = str.maketrans({"−": "-", "–": "-", "‐": "-", "‑": "-", "’": "'", "`": "'", "，": ",", "、": ",", "。": "."})
_OFFSET = r"(?:(?:UTC|GMT)\s?[+-]\d{1,2}(?::?\d\d)?|[+-]\d\d(?::?\d\d)?)"
_HALF = r"(?P<half>[ap]\.?\s?m\b\.?)"

# What is rewritten before the grammar looks at it; the second part is what takes its place.
_REWRITTEN = [
    (re.compile(r"^\s*[\[(\"'](.*)[\])\"']\s*$"), r"\1"),
    (re.compile(r"\s+m=[+-][\d.]+$", _ASCII), ""),  # the monotonic clock of Go
    (re.compile(rf"({_OFFSET}|\bUTC|\bGMT|Z)\s?[\[(][^\[\]()]*[\])]$", _ASCII), r"\1"),  # (Moscow Standard Time)
    (re.compile(r"/(\d{4}):(\d\d:\d\d)", _ASCII), r"/\1 \2"),  # Apache's log
    (re.compile(r"^(\d{4}-\d\d-\d\d)[T _-](\d\d)-(\d\d)-(\d\d)(?![\d-])", _ASCII), r"\1 \2:\3:\4"),  # file names
    (re.compile(r"^(\d{4}-\d\d-\d\d)-(\d\d)\.(\d\d)\.(\d\d)(?=\.|$)", _ASCII), r"\1 \2:\3:\4"),  # DB2
    (re.compile(r"(\d{4})\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日号號일]", _ASCII), r" \1-\2-\3 "),
    (re.compile(r"(?<![\d:])(\d{1,2})(?:st|nd|rd|th|er|o|-?го|-?е)\b", re.IGNORECASE), r"\1"),
    (re.compile(r"^am |\ba (?=las? )|,? a les? (?=\d)", re.IGNORECASE), " "),  # no AM
]

_TIMES = [
    re.compile(
        r"(?:(?<=\d)[T_]|(?<![\w.:+-]))(?P<before>上午|下午|午前|午後|오전|오후)?\s?(?P<h>\d{1,2}):(?P<m>\d\d)"
        rf"(?::(?P<s>\d\d)(?:[.,](?P<f>\d+)|:(?P<ms>\d{{3}}))?)?(?![.,:]?\d)(?:\s?{_HALF})?",
        _ASCII,
    ),
    re.compile(
        r"(?<![\w.:+-])(?P<before>上午|下午|午前|午後|오전|오후)?\s?(?P<h>\d{1,2})\s?(?:h|時|点|點|时|시)"
        r"(?:\s?(?P<m>\d{1,2})(?:\s?(?:min|分|분))?(?:\s?(?P<s>\d{1,2})\s?[s秒초])?)?(?![\w:])",
        _ASCII,
    ),
    re.compile(rf"(?<![\w.:+-])(?P<h>\d{{1,2}})\s?{_HALF}", _ASCII),
    re.compile(r"(?<=\d)T(?P<h>\d\d)(?:(?P<m>\d\d)(?:(?P<s>\d\d)(?:[.,](?P<f>\d+))?)?)?(?![\d:.,])", _ASCII),
    re.compile(r"(?<=\d)[ _-](?P<h>\d\d)(?P<m>\d\d)(?P<s>\d\d)(?:[.,](?P<f>\d+))?(?![\d:.,/])", _ASCII),
    re.compile(r"(?<=^\d{8})[ _-](?P<h>\d\d)(?P<m>\d\d)(?![\d:.,/])", _ASCII),
    re.compile(r"(?<=^\d{8})(?P<h>\d\d)(?P<m>\d\d)(?P<s>\d\d)(?:[.,](?P<f>\d+))?(?=\s?(?:Z|[+-]\d\d:?\d\d)$)", _ASCII),
    re.compile(
        rf"(?<=[\d,]) (?P<h>\d\d?)\.(?P<m>\d\d)(?:\.(?P<s>\d\d)(?:\.(?P<f>\d+))?)?(?:\s?{_HALF})?(?=$| )", _ASCII
    ),
]
_ZONE_AFTER = re.compile(rf"\s?({_OFFSET})(?![\d:]|[-/.]\d)(?:\s?(?!UTC|GMT|[AP]M$)[A-Z]{{2,5}}$)?", _ASCII)
_PLACE = re.compile(r"\s?\[?\b([A-Z][A-Za-z_]+/[A-Za-z_/+-]+\w)\]?$", re.ASCII)
_DATE_ZONE = re.compile(r"^(\d{4}-\d\d-\d\d)\s?(Z|\+\d\d:\d\d)$", _ASCII)
_WEEK = re.compile(r"^(\d{4})-?W(\d\d)-?([1-7])(?!\d)", _ASCII)
_ORDINAL = re.compile(r"^(\d{4})-(\d{3})(?![\d-])", _ASCII)
_EIGHT = re.compile(r"^(\d{4})(\d\d)(\d\d)$", re.ASCII)
_FIGURES = re.compile(r"^(\d{1,4})\s?([-/.: ])\s?(\d{1,2})\s?\2\s?(\d{1,4})\.?$", re.ASCII)
_WORD = re.compile(r"[^\W\d_]+")


class _Clock(NamedTuple):
    """A time of day and how far it is ahead of UTC; the zone of a name is looked up once the day is known."""

    since_midnight: timedelta
    offset: timedelta | None
    place: str | None


def from_text(text: str, order: Order | None) -> datetime:
    """The moment, in UTC, that a text names.

    Raises DateError, and AmbiguousDate where day and month can be exchanged.
    """
    if len(text) > LONGEST:
        raise DateError("not a date")
    rest, clock = _clock(_plain(text))
    rest, month, weekday, zone = _words(rest)
    day = _figures(rest, weekday, order) if month is None else _worded(rest, month)
    if weekday is not None and day.weekday() != weekday:
        raise DateError("the weekday does not fit the date")
    local = datetime(day.year, day.month, day.day) + clock.since_midnight
    offset = clock.offset
    place = PLACES.get(zone or "", clock.place)
    if place is not None and offset is None:
        return _at_place(local, place)
    if offset is None:
        offset = zone_offset(zone, local) if zone else timedelta(0)
    elif zone in ("UTC", "GMT", "Z") and offset:
        raise DateError("two zones")
    return (local - offset).replace(tzinfo=UTC)


def _plain(text: str) -> str:
    """The text with one kind of dash, space, figure and quote, without invisible marks, oddities rewritten."""
    text = unicodedata.normalize("NFKC", text).translate(_REPLACED)
    text = "".join(mark for mark in text if unicodedata.category(mark) != "Cf")
    text = " ".join(text.split())
    for pattern, instead in _REWRITTEN:
        text = pattern.sub(instead, text)
    week = _WEEK.match(text)
    numbered = _ORDINAL.match(text)
    try:
        if week:
            return f"{date.fromisocalendar(int(week[1]), int(week[2]), int(week[3]))}{text[week.end() :]}"
        if numbered:
            day = date(int(numbered[1]), 1, 1) + timedelta(days=int(numbered[2]) - 1)
            if day.year != int(numbered[1]):
                raise DateError("no such day")
            return f"{day}{text[numbered.end() :]}"
    except (ValueError, OverflowError) as error:
        raise DateError("no such day") from error
    return text.strip()


def _clock(text: str) -> tuple[str, _Clock]:
    """The text without its time and its zone in figures or as a place, and these two."""
    place = None
    if match := _PLACE.search(text):
        place, text = match[1], text[: match.start()]
    if match := _DATE_ZONE.match(text):
        return match[1], _Clock(timedelta(0), offset_of(match[2]), place)
    for pattern in _TIMES:
        match = pattern.search(text)
        if match is None:
            continue
        after = text[match.end() :]
        zone = _ZONE_AFTER.match(after)
        if zone:
            after = after[zone.end() :]
        offset = offset_of(zone[1]) if zone else None
        place = None if zone else place  # beside an offset it says nothing new
        return f"{text[: match.start()]} {after}", _Clock(_since_midnight(match.groupdict()), offset, place)
    return text, _Clock(timedelta(0), None, place)


def _since_midnight(parts: dict[str, str | None]) -> timedelta:
    hour, minute, second = int(parts["h"] or 0), int(parts.get("m") or 0), int(parts.get("s") or 0)
    half = (parts.get("half") or "")[:1].lower()
    before = parts.get("before")
    if before:
        half = "a" if before in ("上午", "午前", "오전") else "p"
    if half:
        if hour > 12 or (hour == 0 and half == "p" and not before):
            raise DateError("no such time")
        hour = hour % 12 + (12 if half == "p" else 0)
    fraction = (parts.get("f") or parts.get("ms") or "")[:6].ljust(6, "0")
    whole = timedelta(hours=hour, minutes=minute, seconds=second, microseconds=int(fraction))
    # 24:00 is the end of the day.
    if hour > 24 or minute > 59 or second > 59 or whole > timedelta(hours=24):
        raise DateError("no such time")
    return whole


def offset_of(text: str) -> timedelta:
    """``+03``, ``-07:00``, ``GMT+3`` as a timedelta; places are at most 14 hours from UTC, in quarters of an hour."""
    figures = re.sub(r"[^\d+-]", "", text)
    if not figures:
        return timedelta(0)
    hours, minutes = (figures[1:3], figures[3:5]) if len(figures) != 4 else (figures[1:2], figures[2:4])
    ahead = timedelta(hours=int(hours), minutes=int(minutes or 0))
    if ahead > timedelta(hours=14) or int(minutes or 0) % 15 or int(minutes or 0) > 59:
        raise DateError("no such zone")
    return -ahead if figures[0] == "-" else ahead


def _at_place(local: datetime, place: str) -> datetime:
    """A local time of a place as ``Europe/Berlin``; the hours that the clocks skip or repeat are no one moment."""
    from zoneinfo import ZoneInfo

    try:
        zone = ZoneInfo(place)
    except (ValueError, OSError, KeyError) as error:
        raise DateError(f"unknown zone {place[:40]}") from error
    moments = {local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
    if len(moments) > 1:
        raise DateError("the clocks were changed in this hour; give the offset from UTC")
    return moments.pop()


def _words(text: str) -> tuple[str, int | None, int | None, str | None]:
    """The text with its month as ``M`` and without other words; month, weekday and zone. Raises DateError."""
    words = [(match, fold(match[0])) for match in _WORD.finditer(text)]
    months = [match for match, word in words if word in MONTHS]
    # "mar" is March, and Tuesday where another month stands beside it.
    both = [match for match, word in words if word in MONTHS and word in WEEKDAYS]
    if len(months) == 2 and both:
        months.remove(both[0])
    if len(months) > 1:
        raise DateError("two months")
    weekday: int | None = None
    zone: str | None = None
    pieces: list[str] = []
    end = 0
    for match, word in words:
        pieces += text[end : match.start()], " "
        end = match.end()
        if match in months:
            pieces.append("M ")
        elif word in WEEKDAYS and weekday is None:
            weekday = WEEKDAYS[word]
        elif (name := match[0].upper()) in ZONES or name in PLACES:
            if zone not in (None, name):
                raise DateError("two zones")
            zone = name
        elif name in SEVERAL:
            raise DateError(f"{name} stands for several zones; give the offset from UTC")
        elif match[0].casefold() not in FILLERS:
            raise DateError(f"{match[0][:20]!r} is not known here")
    pieces.append(text[end:])
    month = MONTHS[fold(months[0][0])] if months else None
    return re.sub(r"[()\[\]'\"|]", " ", "".join(pieces)), month, weekday, zone


def _worded(rest: str, month: int) -> date:
    """A day whose month is a word: D M Y, M D Y or Y M D; a year of two figures stands last."""
    parts = [part for part in re.split(r"[\s,./;-]+", rest) if part]
    place = parts.index("M")
    figures = [part for part in parts if part != "M"]
    if len(figures) != 2 or place == 2 or not all(re.fullmatch(r"[0-9]{1,2}|[0-9]{4}", part) for part in figures):
        raise DateError("not a date (a day, a month and a year are needed)")
    year, day = figures if len(figures[0]) == 4 and place == 1 else figures[::-1]
    if len(day) == 4:
        raise DateError("not a date")
    made = _day(_year(year), month, int(day))
    if made is None:
        raise DateError("no such day")
    return made


def _figures(rest: str, weekday: int | None, order: Order | None) -> date:
    """A day in figures alone. Every reading that is a day of 2000 to 2100 counts; more than one is ambiguous."""
    rest = rest.strip(" ,;").lstrip(" .,")
    if match := _EIGHT.match(rest):
        return _certain(_day(int(match[1]), int(match[2]), int(match[3])))
    match = _FIGURES.match(rest)
    if match is None:
        raise DateError("not a date")
    first, separator, second, third = match[1], match[2], int(match[3]), match[4]
    if len(first) == 4 and len(third) <= 2:
        return _certain(_day(int(first), second, int(third)))
    if len(first) > 2 or len(third) not in (2, 4) or separator == ":":
        raise DateError("not a date")
    readings: dict[str, date | None] = {"day": _day(_year(third), second, int(first))}
    if separator == ".":
        if order == "month" and int(first) != second:
            raise DateError("the day comes first, in a column with the month first")
        return _certain(readings["day"])
    readings["month"] = _day(_year(third), int(first), second)
    if len(third) == 2 and len(first) == 2:
        readings["year"] = _day(_year(first), second, int(third)) if int(first) <= 68 else None
    likely = {name: day for name, day in readings.items() if day and (weekday is None or day.weekday() == weekday)}
    if order is not None:
        if order not in likely:
            raise DateError(f"no date with the {order} first, as the column has it")
        return likely[order]
    if not likely:
        raise DateError("no such day")
    if len(set(likely.values())) > 1:
        raise AmbiguousDate("day and month can be exchanged")
    return next(iter(likely.values()))


def _certain(day: date | None) -> date:
    if day is None:
        raise DateError("no such day")
    return day


def _year(figures: str) -> int:
    """Two figures as POSIX reads them: 00 to 68 are of this century, the others of the last (no dates here)."""
    year = int(figures)
    if len(figures) > 2:
        return year
    if year > 68:
        raise DateError(OUTSIDE)
    return 2000 + year


def _day(year: int, month: int, day: int) -> date | None:
    """The day if there is one. Raises DateError for years outside 1999 to 2101; the rest is settled in UTC."""
    if not 1999 <= year <= 2101:
        raise DateError(OUTSIDE)
    try:
        return date(year, month, day)
    except ValueError:
        return None
