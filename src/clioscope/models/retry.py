"""How long to wait before asking again."""

from __future__ import annotations

import email.utils
import random
import re
import time
from collections.abc import Mapping
from datetime import UTC, datetime

_LONGEST = 60.0  # seconds of our own backoff
_LONGEST_ASKED = 3600.0  # seconds; a server that wants more is asked again once an hour

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_PART = r"(\d+(?:\.\d+)?)\s*(milliseconds?|ms|seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|[smhd])(?![a-z])"
_DURATION = re.compile(_PART, re.IGNORECASE)
_SAID = re.compile(
    rf"\b(?:again|retry|wait|resets?|available)\b\D{{0,30}}?((?:{_PART}[\s,]*(?:and\s+)?)+)", re.IGNORECASE
)
# Which of a server's limits a header speaks of: requests, tokens, or its only one.
_RESET = re.compile(r"^(?:x-|anthropic-)?ratelimit-(?:reset(?:-(.+))?|(.+)-reset)$")


def backoff(attempt: int, base: float = 0.5) -> float:
    """Seconds before retry ``attempt`` (0 is the first): ``base`` doubled each time, capped at a minute; up to half of
    it is taken off at random, so that many clients do not come back at once ("equal jitter", M. Brooker, Exponential
    Backoff And Jitter, 2015)."""
    return float(min(_LONGEST, base * 2.0 ** min(attempt, 30)) * random.uniform(0.5, 1.0))


def wait_asked(headers: Mapping[str, str], words: str = "") -> float | None:
    """Seconds that the server asks for, from its headers or from the ``words`` of its refusal; None if it does not.

    ``retry-after-ms`` and ``Retry-After`` (a number or a date) come first, then words such as "try again in 2m3s", then
    the headers that say when a limit is reset. Between 0 and an hour: after an hour one may ask again.
    """
    lower = {name.lower(): value.strip() for name, value in headers.items()}
    for seconds in (_retry_after(lower), _in_words(words), _reset(lower)):
        if seconds is not None:
            return min(_LONGEST_ASKED, max(0.0, seconds))
    return None


def _retry_after(headers: Mapping[str, str]) -> float | None:
    if "retry-after-ms" in headers:
        milliseconds = _number(headers["retry-after-ms"])
        if milliseconds is not None:
            return milliseconds / 1000
    value = headers.get("retry-after")
    return None if value is None else _seconds(value)


def _in_words(words: str) -> float | None:
    match = _SAID.search(words)
    return _duration(match[1]) if match else None


def _reset(headers: Mapping[str, str]) -> float | None:
    """When the limit that is used up is reset; the nearest reset if no limit is said to be used up."""
    used: list[float] = []
    left: list[float] = []
    for name, value in headers.items():
        match = _RESET.match(name)
        seconds = _seconds(value) if match else None
        if match is None or seconds is None:
            continue
        kind = match[1] or match[2]
        remaining = headers.get(name.replace("reset", "remaining"))
        (used if kind is None or (remaining is not None and _number(remaining) == 0) else left).append(seconds)
    return max(used) if used else min(left, default=None)


def _seconds(value: str) -> float | None:
    """A header's value as seconds from now: a number, a duration, a moment as a number or as a date."""
    number = _number(value)
    if number is not None:
        if number > 1e11:
            return number / 1000 - time.time()
        return number - time.time() if number > 1e9 else number
    if re.fullmatch(rf"(?:{_PART}\s*)+", value, re.IGNORECASE):
        return _duration(value)
    try:
        return email.utils.parsedate_to_datetime(value).timestamp() - time.time()
    except (ValueError, TypeError, OverflowError):
        pass
    try:
        moment = datetime.fromisoformat(value)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() - time.time()
    except (ValueError, OverflowError):
        return None


def _duration(text: str) -> float:
    """Seconds of ``2m3.5s``, ``20 ms``, ``1 minute and 5 seconds``."""
    total = 0.0
    for number, unit in _DURATION.findall(text):
        short = unit.lower()
        total += float(number) * _UNITS["ms" if short.startswith(("ms", "milli")) else short[0]]
    return total


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if number == number and abs(number) != float("inf") else None
