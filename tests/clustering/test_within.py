"""Groups within given parts."""

import numpy as np

from clioscope.clustering import cluster_within
from clioscope.settings import ClusteringSettings
from clioscope.vectors.unit import unit_rows


def test_no_group_has_members_of_two_parts() -> None:
    generator = np.random.default_rng(0)
    rows = unit_rows(generator.normal(size=(120, 8)).astype(np.float32))
    parts = np.repeat([3, 0, 7], (60, 50, 10))
    found = cluster_within(rows, parts, ClusteringSettings(clusters=12, method="kmeans"))
    assert all(len(np.unique(parts[found.labels == label])) == 1 for label in range(len(found.centroids)))
    assert [len(np.unique(found.labels[parts == part])) for part in (3, 0, 7)] == [6, 5, 1]
    sizes = np.bincount(found.labels)
    assert (np.diff(sizes) <= 0).all() and np.abs(found.margins).max() <= 2
