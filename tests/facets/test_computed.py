"""Facets that are counted, not asked."""

from datetime import UTC, datetime

import pytest

from clioscope.facets.computed import day, hour, length, turns

NIGHT = datetime(2026, 3, 9, 23, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("characters", "size"),
    [
        (0, "short"),
        (499, "short"),
        (500, "medium"),
        (3999, "medium"),
        (4000, "long"),
        (19_999, "long"),
        (20_000, "very long"),
        (10**7, "very long"),
    ],
)
def test_size_classes_begin_where_they_say(characters, size) -> None:
    assert length({"characters": characters}) == size


@pytest.mark.parametrize(("function", "value"), [(hour, 23), (day, "2026-03-09")])
def test_times_are_of_the_first_message_where_it_is_dated(function, value) -> None:
    assert function({"first_at": NIGHT}) == value
    assert function({"first_at": None}) is None


def test_midnight_is_an_hour() -> None:
    assert hour({"first_at": NIGHT.replace(hour=0)}) == 0


def test_turns_are_messages() -> None:
    assert turns({"turns": 7}) == 7
