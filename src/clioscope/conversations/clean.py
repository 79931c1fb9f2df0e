"""Text and dates as they come in, made fit to store: no NULs, no lone surrogates, dates in UTC."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_UNFIT = re.compile("[\x00\ud800-\udfff]")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


def clean_text(text: str) -> str:
    """Drop NULs and put U+FFFD for lone surrogates, which neither UTF-8 nor Parquet can hold."""
    if _UNFIT.search(text) is None:
        return text
    return _UNFIT.sub(lambda match: "" if match[0] == "\x00" else "\ufffd", text)


def parse_date(value: object) -> datetime | None:
    """Read a date: text (ISO 8601, or RFC 2822 as mail has it), epoch seconds (ms, µs and ns told by their size),
    or a datetime.

    Returns UTC, None for None and empty text. A date without a zone is taken as UTC. Raises ValueError.
    """
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return _utc(value)
    if isinstance(value, str):
        text = value.strip().removesuffix(" UTC")
        if not _NUMBER.fullmatch(text):
            return _utc(_from_text(text))
        value = float(text)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError("not a date")
    # pandas and datasets write epochs in ms, µs or ns; as seconds those lie past the year 5000.
    seconds = float(value)
    for _ in range(3):
        if abs(seconds) > 1e11:
            seconds /= 1000.0
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError) as error:
        raise ValueError("out of range") from error


def _from_text(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    try:
        return parsedate_to_datetime(text)
    except (TypeError, IndexError, OverflowError) as error:
        raise ValueError("not a date") from error


def _utc(moment: datetime) -> datetime:
    """The same moment in UTC; OverflowError at the edges of the calendar becomes ValueError."""
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("out of range") from error
