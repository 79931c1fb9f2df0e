"""Values for an agent: plain JSON, in which no text holds control or unseen characters."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from clioscope.files.plain import plain

_DIGITS = 6  # of a number


def clean(value: Any) -> Any:
    """``value`` as JSON has it. Texts lose what ``plain`` removes; numbers are rounded to six digits after the point;
    what is no number (NaN, infinity) is null."""
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, bool) or value is None or isinstance(value, int):
        return value
    if isinstance(value, float):
        return round(value, _DIGITS) if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {plain(str(name)): clean(one) for name, one in value.items()}
    if isinstance(value, list | tuple | set):
        return [clean(one) for one in value]
    if isinstance(value, date | datetime):
        return value.isoformat()
    return plain(str(value))
