"""Waiting."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from clioscope.models.retry import backoff, retry_after


@pytest.mark.parametrize(("attempt", "longest"), [(0, 0.5), (1, 1.0), (3, 4.0), (20, 60.0), (2_000, 60.0)])
def test_backoff_doubles_up_to_a_minute_with_jitter(attempt, longest):
    waits = [backoff(attempt) for _ in range(200)]
    assert longest / 2 <= min(waits) and max(waits) <= longest
    assert len(set(waits)) > 100


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after": "-3"}, 0.0),
        ({"retry-after": "86400"}, 300.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after-ms": "1500", "retry-after": "9"}, 1.5),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0.0),
    ],
)
def test_what_the_server_asks_for(headers, seconds):
    assert retry_after(headers) == seconds


def test_a_date_in_the_future():
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=100), usegmt=True)
    assert 50 < retry_after({"retry-after": later}) <= 100
