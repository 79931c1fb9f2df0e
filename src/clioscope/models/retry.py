"""How long to wait before asking again."""

from __future__ import annotations

import email.utils
import random
import time
from collections.abc import Mapping

_LONGEST = 60.0  # seconds of our own backoff
_LONGEST_ASKED = 300.0  # seconds that a server may ask for


def backoff(attempt: int, base: float = 0.5) -> float:
    """Seconds before retry ``attempt`` (0 is the first): ``base`` doubled each time, capped at a minute, of
    which a random half is taken off so that many clients do not come back at once ("equal jitter",
    M. Brooker, Exponential Backoff And Jitter, 2015)."""
    return float(min(_LONGEST, base * 2.0 ** min(attempt, 30)) * random.uniform(0.5, 1.0))


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that the server asks for (``Retry-After``, a number or a date; ``retry-after-ms``), or None.

    Capped at five minutes: a server that wants more is as good as gone for this run.
    """
    try:
        if "retry-after-ms" in headers:
            return _clamp(float(headers["retry-after-ms"]) / 1000)
        value = headers.get("retry-after", headers.get("Retry-After"))
        if value is None:
            return None
        try:
            return _clamp(float(value))
        except ValueError:
            return _clamp(email.utils.parsedate_to_datetime(value).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return None


def _clamp(seconds: float) -> float:
    return min(_LONGEST_ASKED, max(0.0, seconds))
