"""What looks like an identifier does not stay."""

import pytest

from clioscope.facets.scrub import REMOVED, scrub


@pytest.mark.parametrize(
    "secret",
    [
        "jane.doe+x@mail.example.org",
        "https://example.org/users/jane",
        "www.example.org/a",
        "192.168.0.17",
        "2001:db8:85a3:0:0:8a2e:370:7334",
        "DE89 3704 0044 0532 0130 00",
        "ghp_abcdefghijklmnop1234",
        "@jane_doe",
        "+44 20 7946 0958",
        "4111-1111-1111-1111",
    ],
)
def test_identifiers_of_a_fixed_shape_are_removed(secret):
    assert scrub(f"Write to {secret} today") == f"Write to {REMOVED} today"


@pytest.mark.parametrize(
    "plain",
    [
        "Explain C++17 and Python 3.11.4",
        "Compare 2019-2023 revenue of 1,250,000",
        "Use the 24:00 clock and ratio 16:9",
        "Solve 12 + 30 = 42 for x",
        "Привет, как дела?",
    ],
)
def test_ordinary_text_stays(plain):
    assert scrub(plain) == plain
