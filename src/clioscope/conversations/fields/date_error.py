"""What is wrong with a date, in few words."""

from __future__ import annotations


class DateError(ValueError):
    """A value that is no date, or one that has more than one meaning; its text is a short reason."""


class AmbiguousDate(DateError):
    """A date whose day and month can be exchanged, where nothing says which is which."""
