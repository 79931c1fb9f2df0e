"""Waiting."""

import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from clioscope.models.retry import backoff, wait_asked


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
        ({"Retry-After": "0.5"}, 0.5),
        ({"retry-after": "-3"}, 0.0),
        ({"retry-after": "86400"}, 3600.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "20s"}, 20.0),
        ({"retry-after-ms": "1500", "retry-after": "9"}, 1.5),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0.0),
        ({"x-ratelimit-reset-requests": "1m30s", "x-ratelimit-remaining-requests": "0"}, 90.0),
        ({"x-ratelimit-reset-requests": "23h", "x-ratelimit-remaining-requests": "99",
          "x-ratelimit-reset-tokens": "120ms", "x-ratelimit-remaining-tokens": "0"}, 0.12),
        ({"x-ratelimit-reset-requests": "7.66s", "x-ratelimit-reset-tokens": "2s"}, 2.0),
        ({"ratelimit-reset": "30"}, 30.0),
        ({"x-ratelimit-limit-requests": "60"}, None),
    ],
)  # fmt: skip
def test_what_the_headers_ask_for(headers, seconds):
    assert wait_asked(headers) == seconds


@pytest.mark.parametrize(
    ("words", "seconds"),
    [
        ("Rate limit reached. Limit: 5 / 60 s. Please try again in 7.5s.", 7.5),
        ("Please try again in 2m3s. Visit the page", 123.0),
        ("Please try again in 1h2m3.5s", 3600.0),
        ("try again in 20ms", 0.02),
        ("Please retry after 26 seconds.", 26.0),
        ("Please retry in 34.07s.", 34.07),
        ("Please wait 5 seconds before the next request", 5.0),
        ("wait 1 minute and 5 seconds", 65.0),
        ("The limit resets in 10 minutes", 600.0),
        ("Limit 30000 tokens per 60 seconds", None),
        ("try again later", None),
    ],
)
def test_what_the_words_ask_for(words, seconds):
    assert wait_asked({}, words) == pytest.approx(seconds)


def test_a_header_comes_before_the_words_and_the_words_before_the_reset():
    headers = {"x-ratelimit-reset-requests": "50s"}
    assert wait_asked({"retry-after": "3", **headers}, "try again in 9s") == 3.0
    assert wait_asked(headers, "try again in 9s") == 9.0
    assert wait_asked(headers, "slow down") == 50.0


@pytest.mark.parametrize(
    "value",
    [
        lambda when: format_datetime(when, usegmt=True),
        lambda when: when.isoformat(),
        lambda when: str(int(when.timestamp())),
        lambda when: str(int(when.timestamp() * 1000)),
    ],
)
@pytest.mark.parametrize("name", ["retry-after", "anthropic-ratelimit-requests-reset", "x-ratelimit-reset"])
def test_a_moment_in_the_future(value, name):
    later = datetime.fromtimestamp(time.time(), UTC) + timedelta(seconds=100)
    assert 50 < wait_asked({name: value(later)}) <= 100
