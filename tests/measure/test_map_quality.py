"""Map quality against scikit-learn, and at its ends."""

import numpy as np
import pytest
from sklearn.manifold import trustworthiness as sklearn_trustworthiness

from clioscope.measure.map_quality import continuity, knn_recall, map_ranks, triplet_accuracy, trustworthiness
from clioscope.measure.plane import Plane
from clioscope.vectors.distinct import distinct_rows


@pytest.fixture(scope="module")
def flat(clinc):
    from sklearn.decomposition import PCA

    return PCA(2, random_state=0).fit_transform(clinc.vectors)


def test_trustworthiness_and_continuity_are_those_of_sklearn(clinc, flat):
    there = sklearn_trustworthiness(clinc.vectors, flat, n_neighbors=15, metric="cosine")
    back = sklearn_trustworthiness(flat, clinc.vectors, n_neighbors=15)
    assert trustworthiness(clinc.vectors, flat).value == pytest.approx(there, abs=1e-3)
    assert continuity(clinc.vectors, flat).value == pytest.approx(back, abs=1e-3)


def test_a_perfect_map_is_perfect():
    """Directions in the plane, drawn as they are."""
    angles = np.random.default_rng(0).uniform(0, 1, 100)
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    for one in (trustworthiness, continuity, knn_recall, triplet_accuracy):
        assert one(vectors, vectors).value == 1


def test_a_random_map_is_no_better_than_chance(clinc):
    places = np.random.default_rng(0).normal(size=(len(clinc.vectors), 2))
    assert knn_recall(clinc.vectors, places).value == pytest.approx(15 / 359, abs=0.02)
    assert trustworthiness(clinc.vectors, places).value == pytest.approx(0.5, abs=0.05)
    assert triplet_accuracy(clinc.vectors, places).value == pytest.approx(0.5, abs=0.05)


def test_a_sample_of_rows_has_the_figure_of_all_within_its_interval(clinc, flat):
    whole = trustworthiness(clinc.vectors, flat)
    part = trustworthiness(clinc.vectors, flat, map_ranks(clinc.vectors, flat, most=120, seed=1))
    assert part.n == 120
    assert part.low < whole.value < part.high


def test_ranks_are_those_of_all_distances(clinc, flat):
    flat = flat.astype(float)
    flat[40:60] = flat[40]  # more points in one place than neighbours are asked for
    found = map_ranks(clinc.vectors, flat)
    apart = np.linalg.norm(flat[:, None] - flat, axis=2)
    alike = clinc.vectors @ clinc.vectors.T
    np.fill_diagonal(apart, np.inf)
    np.fill_diagonal(alike, -np.inf)
    near = np.argsort(-alike, axis=1)[:, :15]
    on_map = 1 + (apart[:, None] < np.take_along_axis(apart, near, axis=1)[:, :, None] - 1e-9).sum(axis=2)
    order = distinct_rows(clinc.vectors).first
    np.testing.assert_array_equal(found.space_in_map, on_map[order])
    nearest = np.argsort(apart, axis=1)[:, :15]
    clear = ~((nearest >= 40) & (nearest < 60)).any(axis=1)  # for the others it is open which of the equal ones count
    ranks = np.take_along_axis(np.argsort(np.argsort(-alike, axis=1), axis=1) + 1, nearest, axis=1)
    off = np.abs(found.map_in_space[clear[order]] - ranks[order[clear[order]]])
    assert off.max() <= 1 and (off > 0).mean() < 0.001  # rounding exchanges two rows now and then


def test_of_points_in_one_place_none_is_its_own_neighbour():
    plane = Plane(np.zeros((6, 2)))
    near = plane.nearest(np.arange(6), 2)
    assert (near != np.arange(6)[:, None]).all() and near.shape == (6, 2)
    assert (plane.ranks(np.arange(6), near) == 1).all()
