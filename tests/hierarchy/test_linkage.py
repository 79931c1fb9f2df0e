from pathlib import Path

import numpy as np
import pytest
from scipy.cluster.hierarchy import linkage
from sklearn.metrics import adjusted_mutual_info_score

from clioscope.hierarchy.linkage import linkage_levels, ward_merges


def _unit(vectors: np.ndarray) -> np.ndarray:
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(scope="module")
def intents() -> tuple[np.ndarray, np.ndarray]:
    """Centroids of 30 real intents and their domains (5 of 6 each)."""
    data = np.load(Path(__file__).parent.parent / "data" / "clustering" / "clinc.npz")
    names = sorted(set(data["intent"]))
    centroids = _unit(np.stack([data["vectors"][data["intent"] == one].mean(axis=0) for one in names]))
    domains = [data["domain"][data["intent"] == one][0] for one in names]
    return centroids, np.unique(domains, return_inverse=True)[1]


def test_the_dendrogram_is_that_of_scipy(intents) -> None:
    ours = ward_merges(intents[0].astype(float), np.ones(30))[:, 2]
    theirs = linkage(intents[0].astype(float), "ward")[:, 2]
    np.testing.assert_allclose(np.sqrt(2 * ours), theirs, rtol=1e-6)


def test_weights_stand_for_repeated_points(intents) -> None:
    points = intents[0][:6].astype(float)
    weights = np.array([3.0, 1, 2, 1, 4, 1])
    weighted = ward_merges(points * weights[:, None], weights)[:, 2]
    repeated = ward_merges(np.repeat(points, weights.astype(int), axis=0), np.ones(12))[:, 2]
    np.testing.assert_allclose(np.sort(weighted), np.sort(repeated)[-5:], rtol=1e-6)


def test_the_top_resembles_the_domains(intents) -> None:
    centroids, domains = intents
    (parents,) = linkage_levels(centroids, np.full(30, 12), [30, 5])
    assert adjusted_mutual_info_score(domains, parents) > 0.5


def test_levels_are_nested_and_have_the_sizes_asked_for(intents) -> None:
    levels = linkage_levels(intents[0], np.full(30, 12), [30, 11, 4])
    assert [int(level.max()) + 1 for level in levels] == [11, 4]
    assert [len(level) for level in levels] == [30, 11]
    for level in levels:
        assert level.dtype == np.int32
        assert np.bincount(level).min() >= 2


def test_a_level_between_does_not_change_the_top(intents) -> None:
    (direct,) = linkage_levels(intents[0], np.full(30, 12), [30, 4])
    lower, upper = linkage_levels(intents[0], np.full(30, 12), [30, 11, 4])
    assert (upper[lower] == direct).all()


def test_an_outlier_is_no_only_child() -> None:
    rng = np.random.default_rng(0)
    near = rng.normal(size=(20, 16)) * 0.1 + np.repeat(np.eye(4, 16), 5, axis=0)
    centroids = _unit(np.concatenate([near, -np.eye(4, 16)[:1]]))
    (parents,) = linkage_levels(centroids, np.ones(21, dtype=int), [21, 5])
    assert np.bincount(parents).min() >= 2


def test_a_top_nearly_as_large_as_the_base_is_no_single_group(intents) -> None:
    (parents,) = linkage_levels(intents[0][:7], np.ones(7), [7, 6])
    assert np.bincount(parents).min() > 1
    assert parents.max() > 0


def test_the_largest_parent_comes_first(intents) -> None:
    sizes = np.arange(1, 31)
    (parents,) = linkage_levels(intents[0], sizes, [30, 6])
    mass = np.bincount(parents, weights=sizes)
    assert (np.diff(mass) <= 0).all()


@pytest.mark.parametrize("sizes", [[30], [30, 30], [30, 40]])
def test_nothing_to_build(intents, sizes) -> None:
    assert linkage_levels(intents[0], np.ones(30, dtype=int), sizes) == []


def test_equal_centroids_and_zero_centroids() -> None:
    centroids = np.zeros((20, 8), dtype=np.float32)
    centroids[:12, 0] = 1
    levels = linkage_levels(centroids, np.zeros(20, dtype=int), [20, 6, 2])
    below = 20
    for level in levels:
        assert len(level) == below
        below = int(level.max()) + 1
        assert set(level) == set(range(below))
    assert below <= 2
