"""Tests of shares, and many at once: known values, and those of scipy."""

import numpy as np
import pytest
from scipy.special import erfc as erfc_of_scipy
from scipy.stats import false_discovery_control, norm

from clioscope.statistics import significance
from clioscope.statistics.significance import corrected, erfc, two_proportions


def test_equal_shares_and_different_ones():
    p = two_proportions(np.array([0.5, 0.3, 0.0]), 100, np.array([0.5, 0.2, 0.0]), np.array([100, 1000, 0]))
    z = 0.1 / np.sqrt((230 / 1100) * (870 / 1100) * (1 / 100 + 1 / 1000))
    assert p[0] == 1 and p[2] == 1
    assert p[1] == pytest.approx(2 * norm.sf(z))


def test_erfc_of_few_numbers_and_of_many_is_that_of_scipy(monkeypatch):
    z = np.linspace(-3, 8, 12).reshape(3, 4)
    assert np.allclose(erfc(z), erfc_of_scipy(z), rtol=1e-13, atol=0)
    monkeypatch.setattr(significance, "_FEW", 3)
    assert np.array_equal(erfc(z), erfc_of_scipy(z))


def test_corrected_keeps_the_shape():
    p = np.array([[0.01, 0.2], [0.04, 0.9]])
    assert np.allclose(corrected(p).ravel(), false_discovery_control(p.ravel()))
    assert corrected(np.zeros((0, 3))).shape == (0, 3)


def test_q_leaves_out_what_was_not_tested():
    found = corrected(np.array([0.01, np.nan, 0.04, 0.5]))
    assert np.isnan(found[1])
    assert found[[0, 2, 3]] == pytest.approx([0.03, 0.06, 0.5])
    assert np.isnan(corrected(np.array([np.nan]))).all()
