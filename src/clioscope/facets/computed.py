"""Facets that need no model: counts, and times where the input has dates."""

from __future__ import annotations

from typing import Any

from clioscope.facets.facet import Row

LENGTHS = ((500, "short"), (4000, "medium"), (20000, "long"))


def turns(row: Row) -> int:
    """Number of messages."""
    return int(row["turns"])


def length(row: Row) -> str:
    """Size class by characters: short < 500 ≤ medium < 4,000 ≤ long < 20,000 ≤ very long."""
    return next((name for limit, name in LENGTHS if row["characters"] < limit), "very long")


def hour(row: Row) -> int | None:
    """Hour of the day (UTC, 0-23) at which the conversation began, where known."""
    at: Any = row["first_at"]
    return None if at is None else int(at.hour)


def day(row: Row) -> str | None:
    """Day on which the conversation began (ISO date, UTC), where known."""
    at: Any = row["first_at"]
    return None if at is None else str(at.date().isoformat())
