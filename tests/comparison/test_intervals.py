"""Shares and their differences: known values, and what is uncertain twice."""

import numpy as np
import pytest

from clioscope.comparison.intervals import Share, difference, widened, wilson, worth_of


def test_wilson_is_the_known_interval_and_holds_the_share() -> None:
    found = wilson(15 / 148, 148)
    assert found[:3] == pytest.approx((0.1014, 0.0624, 0.1605), abs=1e-4)  # Newcombe 1998, table I
    assert wilson(0.0, 40).low == 0 and wilson(1.0, 40).high == 1
    assert wilson(0.0, 40).high == pytest.approx(0.0876, abs=1e-4)
    assert wilson(0.2, 0)[:3] == (0.2, 0, 1)


def test_rounding_widens_both_ends() -> None:
    plain, rounded = wilson(0.3, 100), wilson(0.3, 100, 0.025)
    assert rounded.low < plain.low - 0.02 and rounded.high > plain.high + 0.02


def test_two_uncertainties_join() -> None:
    sampled = Share(0.5, 0.4, 0.6, 100)
    assert widened(sampled, 0.5, 0.5) == sampled
    assert widened(sampled, 0.37, 0.63)[:3] == pytest.approx(
        (0.5, 0.5 - np.hypot(0.1, 0.13), 0.5 + np.hypot(0.1, 0.13))
    )
    assert widened(Share(0.01, 0.0, 0.05, 100), 0.0, 0.9).high <= 1


def test_a_difference_is_newcombes() -> None:
    found = difference(wilson(48 / 80, 80), wilson(56 / 70, 70))
    assert found[:3] == pytest.approx((0.2, 0.0524, 0.3339), abs=1e-4)  # Newcombe 1998, part 2, example (a), method 10
    assert found.p == pytest.approx(0.0079, abs=1e-3)


def test_what_is_on_both_sides_makes_a_difference_surer() -> None:
    one, other = wilson(0.3, 200), wilson(0.36, 200)
    apart, together = difference(one, other), difference(one, other, 0.8)
    assert together.high - together.low < 0.6 * (apart.high - apart.low)
    assert together.p < apart.p
    assert difference(one, one, 1.0).p == 1
    assert difference(wilson(0.0, 0), wilson(0.0, 0)).p == 1


def test_an_estimate_is_tested_with_its_own_interval() -> None:
    plain = difference(wilson(0.3, 300), wilson(0.4, 300))
    inferred = difference(wilson(0.3, 300), widened(wilson(0.4, 300), 0.25, 0.55))
    assert plain.p < 0.02 < 0.1 < inferred.p
    assert inferred.low < 0 < plain.low


def test_people_bound_what_records_are_worth() -> None:
    assert worth_of(0.5, 0.25 / 50, 20, 100) == pytest.approx(50 * (1.959964 / 2.093024) ** 2)  # Student's t, 19 people
    assert worth_of(0.5, 1.0, 20, 100) == 20
    assert worth_of(0.5, 1e-9, 2000, 2100) == pytest.approx(2100, rel=0.01)
    assert worth_of(0.0, 0.0, 20, 100) == 20
