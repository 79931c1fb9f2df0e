"""Intervals of shares: figures of the papers, and those of scipy."""

import numpy as np
import pytest
from scipy.stats import binomtest

from clioscope.statistics.intervals import between, effective, newcombe, wilson


def test_wilson_is_that_of_scipy():
    for count, size in ((0, 10), (3, 10), (81, 263), (10, 10)):
        ends = binomtest(count, size).proportion_ci(method="wilson")
        assert wilson(count / size, size).low == pytest.approx(ends.low, abs=1e-6)
        assert wilson(count / size, size).high == pytest.approx(ends.high, abs=1e-6)
    assert wilson(0.5, 0) == (0, 1)


def test_another_level_has_other_ends():
    ends = binomtest(7, 40).proportion_ci(0.9, method="wilson")
    assert wilson(7 / 40, 40, 1.6448536) == pytest.approx((ends.low, ends.high), abs=1e-6)
    assert wilson(0.3, np.inf, 2.5) == pytest.approx((0.3, 0.3))


def test_newcombe_as_in_his_table():
    """Newcombe 1998, table II, (a) and (g): 56/70 less 48/80, and 10/10 less 0/10."""
    found = newcombe(56 / 70, 70, 48 / 80, 80)
    assert (round(float(found.low), 4), round(float(found.high), 4)) == (0.0524, 0.3339)
    found = newcombe(1.0, 10, 0.0, 10)
    assert (round(float(found.low), 4), round(float(found.high), 4)) == (0.6075, 1.0)


def test_the_interval_of_a_difference_of_estimates():
    found = between(0.5, wilson(0.5, 100), 0.25, wilson(0.25, 100))
    assert found == newcombe(0.5, 100, 0.25, 100)


def test_copies_are_no_new_evidence():
    assert effective(10, 10) == 10
    assert effective(np.array([10.0, 0.0]), np.array([100.0, 0.0])).tolist() == [1, 0]
