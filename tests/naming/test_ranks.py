"""A place by size, as a phrase without digits."""

import pytest

from clioscope.naming.ranks import size_rank


@pytest.mark.parametrize(
    ("place", "count", "language", "expected"),
    [
        (1, 2, "English", "the larger part"),
        (2, 2, "English", "the smaller part"),
        (1, 3, "English", "the largest part"),
        (3, 3, "English", "the third largest part"),
        (112, 200, "French", "the one hundred twelfth largest part"),
        (2, 2, "Russian", "меньшая часть"),
        (1, 3, "Russian", "самая большая часть"),
        (21, 30, "Russian", "двадцать первая по величине часть"),
    ],
)
def test_in_words(place: int, count: int, language: str, expected: str) -> None:
    assert size_rank(place, count, language) == expected
