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
        (112, 200, "Swedish", "the one hundred twelfth largest part"),
        (3, 4, "French", "la troisième partie par la taille"),
        (2, 3, "Chinese", "第二大的部分"),
        (3, 5, "Ukrainian", "частина номер три за розміром"),
        (2, 2, "Russian", "меньшая часть"),
        (1, 3, "Russian", "самая большая часть"),
        (21, 30, "Russian", "двадцать первая по величине часть"),
    ],
)
def test_in_words(place: int, count: int, language: str, expected: str) -> None:
    assert size_rank(place, count, language) == expected
