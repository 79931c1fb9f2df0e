"""What every clustering method must keep to, whoever wrote it."""

import json

import numpy as np
import pytest
from sklearn.metrics import adjusted_mutual_info_score

from clioscope.clustering import cluster, clusterers
from clioscope.settings import ClusteringSettings

# least AMI with the 30 intents; the two that find their own number are bound to be worse
METHODS = {"agglomerative": 0.75, "dbscan": 0.3, "hdbscan": 0.5, "kmeans": 0.7, "leiden": 0.75}


def test_every_shipped_method_is_tested() -> None:
    assert set(METHODS) == set(clusterers.shipped())


@pytest.mark.parametrize("method", METHODS)
class TestClusterer:
    def test_finds_the_intents(self, method, clinc) -> None:
        found = cluster(clinc.vectors, ClusteringSettings(method=method, clusters=30))
        assert adjusted_mutual_info_score(clinc.intent, found.labels) > METHODS[method]

    def test_every_row_has_a_group_and_a_margin(self, method, clinc) -> None:
        found = cluster(clinc.vectors, ClusteringSettings(method=method, clusters=30))
        count = len(found.centroids)
        assert found.labels.dtype == np.int32
        assert set(found.labels) == set(range(count))
        assert found.margins.shape == (360,)
        assert np.isfinite(found.margins).all() and (np.abs(found.margins) <= 2).all()
        np.testing.assert_allclose(np.linalg.norm(found.centroids, axis=1), 1, atol=1e-5)
        json.dumps(found.info)

    def test_larger_groups_come_first(self, method, clinc) -> None:
        sizes = np.bincount(cluster(clinc.vectors, ClusteringSettings(method=method, clusters=30)).labels)
        assert (np.diff(sizes) <= 0).all()

    def test_same_again(self, method, clinc) -> None:
        settings = ClusteringSettings(method=method, clusters=30)
        one, two = (cluster(clinc.vectors, settings, seed=3) for _ in range(2))
        assert (one.labels == two.labels).all()
        assert one.margins.tobytes() == two.margins.tobytes()
        assert one.centroids.tobytes() == two.centroids.tobytes()

    def test_order_does_not_matter(self, method, clinc) -> None:
        settings = ClusteringSettings(method=method, clusters=30)
        order = np.random.default_rng(0).permutation(len(clinc.vectors))
        plain, shuffled = cluster(clinc.vectors, settings), cluster(clinc.vectors[order], settings)
        assert (plain.labels[order] == shuffled.labels).all()
        assert plain.centroids.tobytes() == shuffled.centroids.tobytes()

    def test_duplicates_do_not_matter(self, method, clinc) -> None:
        settings = ClusteringSettings(method=method, clusters=30)
        rows = np.concatenate([np.arange(360), np.random.default_rng(1).integers(0, 360, 200), [7] * 300])
        plain, doubled = cluster(clinc.vectors, settings), cluster(clinc.vectors[rows], settings)
        assert (plain.labels[rows] == doubled.labels).all()
        assert (plain.margins[rows] == doubled.margins).all()

    @pytest.mark.parametrize("rows", [1, 2, 3, 5, 12])
    @pytest.mark.parametrize("clusters", [None, 1, 2, 40])
    def test_few_rows(self, method, rows, clusters, clinc) -> None:
        found = cluster(clinc.vectors[:rows], ClusteringSettings(method=method, clusters=clusters))
        assert set(found.labels) == set(range(len(found.centroids)))
        assert len(found.labels) == rows
        if clusters == 1:
            assert len(found.centroids) == 1

    def test_identical_rows_are_one_group(self, method, clinc) -> None:
        found = cluster(np.repeat(clinc.vectors[:1], 10, axis=0), ClusteringSettings(method=method))
        assert found.labels.tolist() == [0] * 10
        np.testing.assert_allclose(found.margins, 1, atol=1e-5)

    def test_no_rows(self, method, clinc) -> None:
        found = cluster(clinc.vectors[:0], ClusteringSettings(method=method))
        assert found.labels.shape == found.margins.shape == (0,)

    def test_rows_of_zeros_are_the_rarest(self, method, clinc) -> None:
        vectors = np.concatenate([np.zeros((3, 384), np.float32), clinc.vectors])
        found = cluster(vectors, ClusteringSettings(method=method, clusters=30))
        assert found.margins[:3].tolist() == [-2, -2, -2]
        assert (found.labels[3:] == cluster(clinc.vectors, ClusteringSettings(method=method, clusters=30)).labels).all()
