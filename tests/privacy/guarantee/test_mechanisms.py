"""Noise of the size that the account says, and nothing that one person alone has."""

import math

import numpy as np
import pytest
from extras import needs

from clioscope.privacy.guarantee.mechanisms import epsilon_of, noisy_counts, noisy_sums, rho_of

pytestmark = needs("opendp", "dp")


def test_noise_is_there_and_as_large_as_said():
    sums = np.full((40, 50), 1000, np.int64)
    noisy, cost = noisy_sums(sums, sensitivity=2.0, rho=0.02)
    assert noisy.shape == sums.shape
    assert cost.scale == pytest.approx(2 / math.sqrt(0.04))
    assert (noisy - sums).std() == pytest.approx(cost.scale, rel=0.1)
    assert abs((noisy - sums).mean()) < 5 * cost.scale / math.sqrt(sums.size)
    assert cost.rho <= 0.02 and cost.delta == 0


def test_no_two_releases_have_the_same_noise():
    sums = np.zeros(30, np.int64)
    assert (noisy_sums(sums, 1.0, 0.01)[0] != noisy_sums(sums, 1.0, 0.01)[0]).any()


def test_more_sensitivity_means_more_noise_for_the_same_cost():
    (_, small), (_, large) = (noisy_sums(np.zeros(1, np.int64), one, 0.1) for one in (1.0, 3.0))
    assert large.scale == pytest.approx(3 * small.scale)
    assert large.rho == pytest.approx(small.rho)


def test_what_one_person_has_alone_does_not_appear():
    counts = {f"word {number}": 1 for number in range(2000)} | {"common": 5000}
    noisy, cost = noisy_counts(counts, keys=20, rho=0.1, delta=1e-7)
    assert set(noisy) == {"common"}
    assert noisy["common"] == pytest.approx(5000, abs=6 * cost.scale)
    assert cost.rho <= 0.1 and 0 < cost.delta <= 1e-7
    assert cost.scale == pytest.approx(math.sqrt(20 / 0.2))


def test_no_counts_at_all_are_released_as_none():
    assert noisy_counts({}, keys=5, rho=0.1, delta=1e-6)[0] == {}


def test_rho_is_turned_into_epsilon_and_back():
    assert epsilon_of(0.05, 5e-7) == pytest.approx(1.5175, abs=1e-3)
    for epsilon in (0.1, 1.0, 16.0):
        rho = rho_of(epsilon, 5e-7)
        assert epsilon_of(rho, 5e-7) == pytest.approx(epsilon, rel=1e-3)
        assert epsilon_of(rho, 5e-7) <= epsilon
