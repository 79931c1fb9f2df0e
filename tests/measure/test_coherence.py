"""Local coherence: perfect labels score perfectly, random ones at their chance level, small groups count."""

import numpy as np
import pytest
from measure.clouds import blobs
from scipy.stats import norm

from clioscope.measure.coherence import (
    cohesion_p10,
    cohesion_p50,
    cohesion_p90,
    group_margin,
    knn_purity,
    knn_purity_chance,
    local_dimension,
    misplaced,
    neighbourhood_entropy,
)
from clioscope.measure.figure import macro_quantile
from clioscope.measure.sampled_neighbours import Near, draw_evenly, sampled_neighbours


def test_perfect_groups():
    vectors, labels = blobs()
    assert knn_purity(vectors, labels).value == 1
    assert neighbourhood_entropy(vectors, labels).value == pytest.approx(0, abs=1e-12)
    assert misplaced(vectors, labels).value == 0
    assert group_margin(vectors, labels).value > 1
    assert 0.9 < cohesion_p10(vectors, labels).value < cohesion_p50(vectors, labels).value
    assert cohesion_p50(vectors, labels).value < cohesion_p90(vectors, labels).value <= 1


@pytest.mark.slow
def test_random_labels_score_at_chance(clinc):
    """Over 20 dealings the purity is its chance level, and cohesion nought."""
    purities, cohesions = [], []
    for seed in range(20):
        labels = np.random.default_rng(seed).permutation(clinc.domain)
        purities.append(knn_purity(clinc.vectors, labels).value)
        cohesions.append(cohesion_p50(clinc.vectors, labels).value)
    chance = knn_purity_chance(clinc.domain).value
    assert chance == pytest.approx((72 - 1) / 359)
    assert np.mean(purities) == pytest.approx(chance, abs=0.01)
    assert np.mean(cohesions) == pytest.approx(0, abs=0.03)
    assert knn_purity(clinc.vectors, clinc.domain).value > chance + 0.4


def test_a_small_bad_group_shows_among_large_good_ones():
    """One foreign row in twenty spoils two groups of four; the mean over rows would hardly fall."""
    vectors, labels = blobs(2, 200)
    labels[[0, 1, 200, 201]] = 2
    found = knn_purity(vectors, labels)
    assert found.groups[2] < 0.4 < 0.9 < found.groups[0]
    assert found.value < 0.8


def test_small_groups_can_reach_one():
    vectors, labels = blobs(5, 4)
    assert knn_purity(vectors, labels).value == 1


def test_twins_do_not_spoil_a_separate_group():
    """Twenty rows of four distinct vectors: each has but three others that could be its neighbours."""
    vectors, labels = blobs(3, 4)
    often = np.concatenate([np.repeat(np.arange(4), 5), np.arange(4, 12)])
    vectors, labels = vectors[often], labels[often]
    assert knn_purity(vectors, labels).groups.tolist() == [1, 1, 1]
    near = sampled_neighbours(vectors, labels)
    assert knn_purity_chance(labels, near).value == pytest.approx(3 / 11)


def test_rows_alone_count_nought():
    vectors, labels = blobs(2, 10)
    labels = labels.copy()
    labels[0] = 2
    assert knn_purity(vectors, labels).groups[2] == 0
    assert np.isnan(group_margin(vectors, labels).groups[2])


def test_entropy_of_an_even_mixture_is_that_of_a_coin(clinc):
    """Two groups dealt at random: H = log 2, less the bias of 15 draws."""
    generator = np.random.default_rng(1)
    labels = generator.integers(2, size=len(clinc.vectors))
    draws = generator.integers(2, size=(20_000, 15)).mean(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.nan_to_num(draws * np.log(draws)) + np.nan_to_num((1 - draws) * np.log(1 - draws))
    assert neighbourhood_entropy(clinc.vectors, labels).value == pytest.approx(-terms.mean() / np.log(15), abs=0.01)


@pytest.mark.parametrize("dimension", [2, 5])
def test_local_dimension_is_that_of_a_flat_patch(dimension):
    """Points of a small patch of a sphere have the dimension of the patch."""
    generator = np.random.default_rng(0)
    flat = 0.2 * generator.uniform(-1, 1, size=(1500, dimension))
    vectors = np.concatenate([flat, np.ones((1500, 1)), np.zeros((1500, 10))], axis=1)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    found = local_dimension(vectors.astype(np.float32), np.zeros(1500, dtype=int))
    assert found.value == pytest.approx(dimension, rel=0.2)  # the patch has edges


@pytest.mark.parametrize("k", [3, 5, 30])
@pytest.mark.parametrize("dimension", [2, 10])
def test_local_dimension_is_unbiased_at_any_number_of_neighbours(dimension, k):
    """Radii as a Poisson process of that dimension has them: r_j^d are sums of exponential gaps."""
    rows = 40_000
    radius = np.random.default_rng(0).exponential(size=(rows, k)).cumsum(axis=1) ** (1 / dimension) / 10
    near = Near(np.arange(rows), np.ones(rows), np.zeros((rows, k), dtype=np.intp), 1 - radius**2 / 2, np.arange(rows))
    found = local_dimension(np.zeros((rows, 2)), np.zeros(rows, dtype=int), near)
    assert found.value == pytest.approx(dimension, rel=0.015)
    assert found.low < dimension < found.high


@pytest.mark.parametrize("quantile", [0.1, 0.5, 0.9])
def test_the_interval_of_a_quantile_takes_groups_as_given(quantile):
    """Groups that lie far apart do not widen it; rows drawn anew scatter as it says."""
    labels = np.repeat(np.arange(20), 50)
    generator = np.random.default_rng(0)
    found = [macro_quantile(generator.normal(size=1000) + 10 * labels, labels, 20, quantile) for _ in range(200)]
    error = np.mean([one.high - one.low for one in found]) / 2 / 1.96
    assert 0.9 < error / np.std([one.value for one in found]) < 1.3
    assert found[0].groups[3] == pytest.approx(30 + norm.ppf(quantile), abs=1)


def test_neighbours_are_exact_and_twins_no_neighbours(clinc):
    cosines = clinc.vectors @ clinc.vectors.T
    np.fill_diagonal(cosines, -2)
    near = sampled_neighbours(clinc.vectors, clinc.intent, k=10)
    np.testing.assert_array_equal(np.argsort(-cosines, axis=1, kind="stable")[near.rows, :10], near.indices)
    doubled = np.concatenate([clinc.vectors, clinc.vectors])
    again = sampled_neighbours(doubled, k=10)
    assert len(again.rows) == len(clinc.vectors)
    assert again.similarities.max() < 0.9999


def test_a_sample_sees_every_group_and_its_mean_is_that_of_all(clinc):
    sizes = np.array([3, 50, 400, 3000])
    groups = np.repeat(np.arange(4), sizes)
    rows, weights = draw_evenly(groups, len(groups), 400, 0)
    assert len(rows) <= 400
    assert (np.bincount(groups[rows]) >= [3, 50, 100, 100]).all()
    np.testing.assert_allclose(np.bincount(groups[rows], weights), sizes)
    values = knn_purity(clinc.vectors, clinc.domain)
    half = sampled_neighbours(clinc.vectors, clinc.domain, most=180, seed=3)
    assert knn_purity(clinc.vectors, clinc.domain, half).value == pytest.approx(values.value, abs=0.06)
