"""Axes hold their values, end at round numbers, and say where a value stands."""

import pytest

from clioscope.plots.axis import UNIT, axis_of_places, log_axis, round_axis


def test_a_round_axis_holds_its_values_between_round_ends():
    axis = round_axis([0.193, 0.337])
    assert (axis.low, axis.high) == (pytest.approx(0.15), pytest.approx(0.35))
    assert axis.ticks == (0.15, 0.2, 0.25, 0.3, 0.35)


@pytest.mark.parametrize("values", [[], [0.5], [0.5, 0.5], [-3, 4], [0, 12345], [0.1, 0.3]])
def test_a_round_axis_has_few_ticks_whatever_it_holds(values):
    axis = round_axis(values)
    assert 2 <= len(axis.ticks) <= 8
    assert all(axis.low <= value <= axis.high for value in values)


def test_a_logarithmic_axis_has_ticks_at_1_2_and_5():
    assert log_axis([9, 18]).ticks == (5, 10, 20)
    assert log_axis([]).ticks == (1, 2, 5, 10)
    assert log_axis([0, 1]).ticks == (1, 2)
    assert log_axis([100]).ticks == (100, 200)


def test_shares_run_from_end_to_end_and_stop_there():
    assert [UNIT.share(value) for value in (-1, 0, 0.25, 1, 2)] == [0, 0, 0.25, 1, 1]
    assert log_axis([1, 100]).share(10) == pytest.approx(0.5)


def test_a_single_place_stands_in_the_middle():
    for logarithmic in (False, True):
        axis = axis_of_places([5, 5], logarithmic=logarithmic)
        assert axis.ticks == (5,)
        assert axis.share(5) == pytest.approx(0.5)
