"""One kind of values a column."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from clioscope.errors import SettingsError
from clioscope.facets.column import facet_column
from clioscope.facets.facet import Facet

MINE = Facet(name="mine", type="computed", compute=len)


@pytest.mark.parametrize(
    ("values", "dtype"),
    [
        ([1, None, 3], pl.Int64),
        ([None, 2, 3.5], pl.Float64),
        ([None, True], pl.Boolean),
        (["a", None], pl.String),
        ([date(2026, 3, 1), None], pl.Date),
        ([np.int64(3), np.int32(4)], pl.Int64),
        ([np.float32(0.5), 1], pl.Float64),
        ([None, None], pl.String),
        ([], pl.String),
    ],
)
def test_the_kind_that_the_function_returns(values, dtype) -> None:
    found = facet_column(MINE, values)
    assert found.dtype == dtype
    assert found.null_count() == values.count(None)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([1, "two", None], r"returns several kinds of values \(int, str\); return one"),
        ([True, 1], "several kinds"),
        ([["a"], ["b"]], "of the kind list; return text, numbers"),
        ([2**70], "do not make a column"),
    ],
)
def test_what_makes_no_column_is_one_sentence(values, said) -> None:
    with pytest.raises(SettingsError, match=rf"facet 'mine': .*{said}"):
        facet_column(MINE, values)


def test_the_cleaner_of_an_answer_may_return_another_kind() -> None:
    cleaned = Facet(name="yes", type="category", question="?", categories=("yes", "no"), compute=lambda a: a == "yes")
    assert facet_column(cleaned, [True, None, False]).dtype == pl.Boolean
