"""What a column holds as numbers."""

import numpy as np
import polars as pl
import pytest

from clioscope.atlas.numbers import as_numbers


@pytest.mark.parametrize(
    ("values", "numbers"),
    [
        (["1", " 2.5 ", None, "n/a", ""], [1, 2.5, np.nan, np.nan, np.nan]),
        (["true", "False", "yes", None], [1, 0, 1, np.nan]),
        ([True, None, False], [1, np.nan, 0]),
        ([3, 4], [3, 4]),
        (["inf", "1"], [np.nan, 1]),
        ([None, None], [np.nan, np.nan]),
    ],
)
def test_numbers_and_yes_and_no(values, numbers) -> None:
    assert np.array_equal(as_numbers(pl.Series(values)), numbers, equal_nan=True)


def test_texts_are_no_numbers() -> None:
    assert as_numbers(pl.Series(["1", "v2"])) is None
    assert as_numbers(pl.Series(["true", "maybe"])) is None
