"""The parts of a change sum to it, and go where they should."""

import numpy as np

from clioscope.analysis.decompose import decompose


def sums(before, after):
    """Sums from (records, sum of values) of each group, by period."""
    count = np.array([[group[0] for group in before], [group[0] for group in after]], float)
    total = np.array([[group[1] for group in before], [group[1] for group in after]], float)
    return count, count, total


def test_a_rise_within_one_group_is_its_rate() -> None:
    found = decompose(*sums([(50, 5), (50, 5)], [(50, 20), (50, 5)]))
    assert np.allclose(found.mix, 0)
    assert np.allclose(found.rate, [0.5 * 0.3, 0])
    assert np.allclose(found.overall, [0.1, 0.25])


def test_a_group_that_grew_and_is_worse_than_the_rest_is_mix_and_so_is_the_one_that_shrank() -> None:
    found = decompose(*sums([(20, 10), (80, 8)], [(40, 20), (60, 6)]))
    assert np.allclose(found.rate, 0)
    assert (found.mix > 0).all()
    assert np.isclose(found.mix.sum(), 0.26 - 0.18)


def test_the_parts_sum_to_the_change_and_turn_their_signs_with_the_periods() -> None:
    random = np.random.default_rng(0)
    size = random.integers(0, 30, (100, 2, 7)).astype(float)
    total = size * random.random((100, 2, 7))
    found = decompose(size, size, total)
    change = found.overall[:, 1] - found.overall[:, 0]
    assert np.allclose(change, (total.sum(-1) / size.sum(-1))[:, 1] - (total.sum(-1) / size.sum(-1))[:, 0])
    assert np.allclose((found.mix + found.rate).sum(-1), change, atol=1e-12)
    turned = decompose(size[:, ::-1], size[:, ::-1], total[:, ::-1])
    assert np.allclose(turned.mix, -found.mix)
    assert np.allclose(turned.rate, -found.rate)


def test_a_group_that_is_only_in_one_period_is_mix_alone() -> None:
    found = decompose(*sums([(50, 5), (0, 0)], [(50, 5), (10, 8)]))
    assert found.rate[1] == 0
    assert found.mix[1] > 0
    assert np.isclose((found.mix + found.rate).sum(), 13 / 60 - 0.1)


def test_a_period_without_a_value_is_not_told() -> None:
    size, known = np.ones((2, 2)), np.array([[1.0, 1.0], [0.0, 0.0]])
    assert np.isnan(decompose(size, known, known).overall).all()


def test_shares_may_come_from_more_records_than_values() -> None:
    size = np.array([[90.0, 10.0], [50.0, 50.0]])
    known = np.array([[5.0, 5.0], [5.0, 5.0]])
    found = decompose(size, known, known * [[0.2, 0.8], [0.2, 0.8]])
    assert np.allclose(found.overall, [0.26, 0.5])
    assert np.allclose((found.mix + found.rate).sum(), 0.24)
