"""Several resolutions of one graph."""

import numpy as np
import pytest

from clioscope.clustering.cluster import cluster
from clioscope.clustering.resolutions import cluster_at_resolutions
from clioscope.settings import ClusteringSettings


def test_each_rung_is_what_cluster_gives_at_its_resolution(clinc) -> None:
    rungs = cluster_at_resolutions(clinc.vectors, (0.5, 2.0), seed=3)
    for rung, resolution in zip(rungs, (0.5, 2.0), strict=True):
        alone = cluster(clinc.vectors, ClusteringSettings(resolution=resolution), 3)
        np.testing.assert_array_equal(rung.labels, alone.labels)
        assert rung.info["resolution"] == resolution
    assert len(rungs[0].centroids) < len(rungs[1].centroids)


def test_numbers_of_groups_are_met_nearly_after_the_resolutions(clinc) -> None:
    first, *rungs = cluster_at_resolutions(clinc.vectors, (1.0,), clusters=(6, 12, 30))
    assert first.info["resolution"] == 1.0
    for rung, wanted in zip(rungs, (6, 12, 30), strict=True):
        assert abs(len(rung.centroids) - wanted) <= max(1, wanted // 10)
        assert set(rung.labels.tolist()) == set(range(len(rung.centroids)))


@pytest.mark.parametrize("rows", [0, 1])
def test_too_little_to_cluster_gives_a_result_a_rung(clinc, rows) -> None:
    found = cluster_at_resolutions(np.repeat(clinc.vectors[:rows], 5, axis=0), (1.0, 2.0), clusters=(3,))
    assert len(found) == 3
    assert all(rung.labels.tolist() == [0] * (5 * rows) for rung in found)


def test_no_rungs(clinc) -> None:
    assert cluster_at_resolutions(clinc.vectors) == []


def test_duplicates_stay_together(clinc) -> None:
    twice = np.concatenate([clinc.vectors, clinc.vectors[:50]])
    (found,) = cluster_at_resolutions(twice, (1.0,))
    np.testing.assert_array_equal(found.labels[360:], found.labels[:50])
