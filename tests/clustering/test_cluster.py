import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from clioscope.clustering import Partition, agglomerative, cluster, clusterers
from clioscope.errors import SettingsError
from clioscope.settings import ClusteringSettings

DATA = Path(__file__).parent.parent / "data" / "clustering" / "clinc.npz"


@pytest.fixture
def scripted(monkeypatch):
    """A method that returns the labels it is told to, by the first coordinate of each vector."""
    script: dict[float, int] = {}

    def method(vectors, target, settings, seed):
        return Partition(np.array([script[round(float(row[0]), 3)] for row in vectors]), {"found": 1})

    monkeypatch.setitem(clusterers._parts, "scripted", method)
    return script


def test_margins_are_own_cosine_less_the_best_other(scripted) -> None:
    scripted.update({1.0: 5, 0.6: 5, 0.0: 2})
    vectors = np.array([[1, 0], [0.6, 0.8], [0, 1]])
    found = cluster(vectors, ClusteringSettings(method="scripted", clusters=2))
    assert found.labels.tolist() == [0, 0, 1]
    own = np.array([1.6, 0.8]) / np.hypot(1.6, 0.8)
    np.testing.assert_allclose(found.centroids, [own, [0, 1]], atol=1e-6)
    np.testing.assert_allclose(found.margins, [own[0] - 0, own @ [0.6, 0.8] - 0.8, 1 - own[1]], atol=1e-6)
    assert found.info["found"] == 1


def test_noise_goes_to_the_nearest_group_and_is_rare(scripted) -> None:
    scripted.update({1.0: 0, 0.8: 0, 0.0: 1, 0.28: 1, 0.6: -1})
    vectors = np.array([[1, 0], [0.8, 0.6], [0, 1], [0.28, 0.96], [0.6, 0.8]])
    found = cluster(vectors, ClusteringSettings(method="scripted", clusters=2))
    assert found.labels[4] == found.labels[2]
    assert -2 <= found.margins[4] <= 0 < found.margins[:4].min()
    assert found.info["noise"] == found.noise.sum() == 1


def test_nothing_but_noise_is_one_group(scripted) -> None:
    scripted.update({1.0: -1, 0.6: -1, 0.0: -1})
    found = cluster(np.array([[1, 0], [0.6, 0.8], [0, 1]]), ClusteringSettings(method="scripted", clusters=2))
    assert found.labels.tolist() == [0, 0, 0]
    assert (found.margins <= 0).all()


def test_counts_are_summed_by_group(clinc) -> None:
    counts = np.arange(360)
    found = cluster(clinc.vectors, ClusteringSettings(clusters=5), counts=counts)
    assert found.info["sizes"] == [int(counts[found.labels == one].sum()) for one in range(len(found.centroids))]


@pytest.mark.slow
@pytest.mark.parametrize("threads", ["1", "2"])
def test_another_process_gives_the_same_groups(threads, clinc) -> None:
    program = (
        "import sys, numpy as np; from clioscope.clustering import cluster;"
        "from clioscope.settings import ClusteringSettings;"
        "v = np.load(sys.argv[1])['vectors'].astype(np.float32)[::-1];"
        "sys.stdout.buffer.write(cluster(v, ClusteringSettings()).labels[::-1].tobytes())"
    )
    environment = {"OMP_NUM_THREADS": threads, "PYTHONHASHSEED": threads, "PATH": ""}
    other = subprocess.run([sys.executable, "-c", program, str(DATA)], capture_output=True, env=environment, check=True)
    assert cluster(clinc.vectors, ClusteringSettings()).labels.tobytes() == other.stdout


def test_an_unknown_method_is_named(clinc) -> None:
    with pytest.raises(SettingsError, match="no clustering method 'kmean'; choose one of: agglomerative, dbscan"):
        cluster(clinc.vectors, ClusteringSettings(method="kmean"))


def test_too_many_rows_for_all_distances(clinc, monkeypatch) -> None:
    monkeypatch.setattr(agglomerative, "MOST", 100)
    with pytest.raises(SettingsError, match="takes 100 distinct rows at most, not 360; use leiden or kmeans"):
        cluster(clinc.vectors, ClusteringSettings(method="agglomerative", clusters=3))
