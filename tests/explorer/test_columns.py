"""Columns of codes: order, bins, what is gathered and what is not known."""

import numpy as np
import polars as pl

from clioscope.explorer.columns import binned, coded, in_words


def shown(column):
    """The values as a reader sees them, `-` for not known."""
    return [column.values[code] if code < len(column.values) else "-" for code in column.codes]


def test_values_stand_by_frequency_and_nulls_are_not_known():
    column = coded("plan", "nominal", "meta", pl.Series(["b", "a", None, "b"]))
    assert column.values == ["b", "a"]
    assert shown(column) == ["b", "a", "-", "b"]


def test_values_that_few_share_are_gathered():
    column = coded("field", "nominal", "tag", pl.Series(["law", "law", "law", "mine alone", None]), support=3)
    assert column.values == ["law", None]
    assert shown(column) == ["law"] * 3 + [None, "-"]


def test_nothing_shared_leaves_no_value():
    assert coded("field", "nominal", "tag", pl.Series(["a", "b"]), support=3).values == []


def test_at_most_two_hundred_values_and_the_rest_together():
    many = pl.Series([str(index) for index in range(300)] + ["0"])
    column = coded("plan", "nominal", "meta", many)
    assert len(column.values) == 201
    assert column.values[0] == "0"
    assert column.values[-1] is None
    assert (column.codes == 200).sum() == 100


def test_a_given_order_holds():
    column = coded(
        "length", "ordinal", "category", pl.Series(["long", "short", "odd"]), order=["short", "medium", "long"]
    )
    assert column.values == ["short", "long", None]
    assert shown(column) == ["long", "short", None]


def test_a_score_is_shown_by_its_word():
    assert in_words(["calm", "cross"], pl.Series([1, 2, None])).to_list() == ["calm", "cross", None]
    assert in_words(["calm", "cross"], pl.Series(["cross"])).to_list() == ["cross"]


def test_few_whole_numbers_keep_their_own_bin():
    column = binned("turns", "number", pl.Series([2, 4, 2, None]))
    assert column.values == ["2", "4"]
    assert shown(column) == ["2", "4", "2", "-"]


def test_many_numbers_are_binned_evenly_and_every_one_is_in_its_range():
    values = np.random.default_rng(0).geometric(0.05, 5000)
    column = binned("turns", "number", pl.Series(values))
    assert 4 <= len(column.values) <= 8
    for value, text in zip(values, shown(column), strict=True):
        ends = [int(one) for one in text.split(" – ")]
        assert ends[0] <= value <= ends[-1]
    assert np.bincount(column.codes).min() > 200


def test_fractions_are_binned_and_a_constant_is_one_bin():
    column = binned("confidence", "confidence", pl.Series(np.linspace(-1, 1, 100)))
    assert len(column.values) == 8
    assert len(set(column.codes)) == 8
    assert len(binned("confidence", "confidence", pl.Series([0.25] * 9)).values) == 1
    assert binned("confidence", "confidence", pl.Series([None], dtype=pl.Float32)).values == []
