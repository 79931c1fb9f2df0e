import numpy as np
import pytest

from clioscope.clustering import cluster, cluster_at_resolutions
from clioscope.clustering.leiden import sized
from clioscope.errors import SettingsError
from clioscope.settings import ClusteringSettings


@pytest.mark.parametrize("target", [5, 17, 30, 60])
def test_the_number_of_groups_is_that_asked_for(target, clinc) -> None:
    assert abs(len(cluster(clinc.vectors, ClusteringSettings(clusters=target)).centroids) - target) <= 1


def test_the_mean_size_is_that_asked_for(clinc) -> None:
    assert abs(len(cluster(clinc.vectors, ClusteringSettings(size=12)).centroids) - 30) <= 1


def test_a_resolution_can_be_given(clinc) -> None:
    counts = [len(cluster(clinc.vectors, ClusteringSettings(resolution=one)).centroids) for one in (0.3, 1, 4, 20)]
    assert counts == sorted(counts) and counts[0] < counts[-1]


def test_the_resolution_found_gives_the_same_groups(clinc) -> None:
    found = cluster(clinc.vectors, ClusteringSettings(clusters=30))
    again = cluster(clinc.vectors, ClusteringSettings(resolution=found.info["resolution"]))
    assert (found.labels == again.labels).all()


def test_several_resolutions_are_several_clusterings(clinc) -> None:
    settings = ClusteringSettings()
    rungs = cluster_at_resolutions(clinc.vectors, [1.0, 8.0], settings, clusters=[30])
    for rung, resolution in zip(rungs, [1.0, 8.0], strict=False):
        assert (rung.labels == cluster(clinc.vectors, ClusteringSettings(resolution=resolution)).labels).all()
    assert abs(len(rungs[2].centroids) - 30) <= 1
    assert [len(one.labels) for one in cluster_at_resolutions(clinc.vectors[:1], [1.0, 2.0])] == [1, 1]


def test_rows_without_neighbours_in_common_stay_apart() -> None:
    """Two bundles at right angles: with few neighbours the graph falls into two pieces."""
    rng = np.random.default_rng(0)
    one, two = (np.eye(2, 32)[i] + rng.normal(size=(40, 32)) * 0.02 for i in (0, 1))
    found = cluster(np.concatenate([one, two]), ClusteringSettings(clusters=2, neighbours=5))
    assert found.labels[:40].tolist() == [found.labels[0]] * 40
    assert found.labels[0] != found.labels[40]


def test_an_unknown_option_is_named(clinc) -> None:
    with pytest.raises(SettingsError, match=r"clustering\.options\.trial: .*options of leiden: mutual, trials"):
        cluster(clinc.vectors, ClusteringSettings(options={"trial": 3}))


@pytest.mark.parametrize("target", [2, 3, 4])
def test_fewer_groups_than_the_graph_has_pieces(target) -> None:
    rng = np.random.default_rng(0)
    blobs = np.vstack([centre + 0.01 * rng.normal(size=(30, 8)) for centre in np.eye(8)[:5]]).astype(np.float32)
    assert len(cluster(blobs, ClusteringSettings(clusters=target, neighbours=5)).centroids) == target


def test_of_very_many_rows_quick_runs_find_the_resolution(clinc, monkeypatch) -> None:
    monkeypatch.setattr("clioscope.clustering.leiden._HUGE", 100)
    found = cluster(clinc.vectors, ClusteringSettings(clusters=40))
    assert abs(len(found.centroids) - 40) <= 4


def test_fewer_rows_can_be_grouped_as_many_would_be() -> None:
    small, large = (sized(ClusteringSettings(), rows) for rows in (1_000, 1_000_000))
    assert small.options == {"trials": 4, "iterations": 5} and large.options == {"trials": 1, "iterations": 1}
    assert sized(ClusteringSettings(options={"trials": 3}), 1_000_000).options == {"trials": 3, "iterations": 1}
    assert sized(ClusteringSettings(method="kmeans"), 10).options == {}
