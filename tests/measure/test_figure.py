"""Intervals against scipy and against the plain way."""

import numpy as np
import pytest
from scipy.stats import beta, binomtest, t

from clioscope.measure.figure import jackknife, jackknife_error, macro_quantile, over_draws, parts_of, share


@pytest.mark.parametrize(("count", "of"), [(0, 7), (7, 7), (3, 7), (1, 1), (812, 4000)])
@pytest.mark.parametrize("exact", [False, True])
def test_a_share_has_the_interval_of_scipy(count, of, exact):
    ends = binomtest(count, of).proportion_ci(method="exact" if exact else "wilson")
    found = share(count, of, exact=exact)
    assert found.value == count / of and found.n == of
    assert (found.low, found.high) == pytest.approx((ends.low, ends.high), abs=1e-7)


@pytest.mark.parametrize("quantile", [0.1, 0.5, 0.9])
def test_a_quantile_of_groups_is_that_of_each_taken_alone(quantile):
    generator = np.random.default_rng(0)
    labels = generator.choice([-1, 0, 2, 3, 3, 3], 200)
    labels[0] = 4  # alone in its group
    values = np.where(generator.random(200) < 0.1, np.nan, generator.normal(size=200))
    values[0] = 1.5
    found = macro_quantile(values, labels, 6, quantile)
    squares = 0.0
    for group in (0, 2, 3, 4):
        rows = np.sort(values[(labels == group) & np.isfinite(values)])
        assert found.groups[group] == pytest.approx(np.quantile(rows, quantile))
        steps = np.arange(len(rows) + 1) / len(rows)
        weights = np.diff(beta.cdf(steps, quantile * (len(rows) + 1), (1 - quantile) * (len(rows) + 1)))
        squares += weights @ rows**2 - (weights @ rows) ** 2
    assert np.isnan(found.groups[[1, 5]]).all()
    assert (found.high - found.low) / 2 == pytest.approx(1.959964 * np.sqrt(squares) / 4)


def test_draws_have_students_interval():
    found = over_draws([0.1, 0.2, 0.4], 9)
    reach = t.ppf(0.975, 2) * np.std([0.1, 0.2, 0.4], ddof=1) / np.sqrt(3)
    assert (found.low, found.high) == pytest.approx((found.value - reach, found.value + reach))


def test_the_jackknife_of_a_mean_is_its_standard_error():
    values = np.random.default_rng(0).normal(size=400)
    assert jackknife(lambda rows: float(rows.mean()), values) == pytest.approx(values.std() / 20, rel=0.3)
    assert np.isnan(jackknife(lambda rows: 1 / 0, values[:2]))
    assert np.bincount(parts_of(23, 10)).tolist() == [3, 3, 3, *[2] * 7]
    assert len(parts_of(0)) == 0 and np.isnan(jackknife_error([1.0, 2.0]))
