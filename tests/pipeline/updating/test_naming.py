"""Which conversations the names of changed groups are made of."""

import numpy as np

from clioscope.pipeline.updating.naming import _chosen


def test_every_changed_group_is_told_apart_from_its_own_neighbours() -> None:
    angles = np.array([0.0, *np.linspace(0.1, 0.8, 8), 3.0, *np.linspace(3.1, 3.8, 8)])
    centroids = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    labels = np.repeat(np.arange(18, dtype=np.int32), 3)
    rows, groups = _chosen(labels, centroids, [0, 9], np.ones(len(labels), bool))
    assert groups == [0, 9, 1, 2, 3, 4, 10, 11, 12, 13]
    assert sorted(set(labels[rows].tolist())) == sorted(groups)
