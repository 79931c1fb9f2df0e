"""The figures of groups, by hand."""

import numpy as np

from clioscope.experiments.figures import knn_same


def test_nearest_rows_of_the_same_class():
    rows = np.repeat(np.eye(3, dtype=np.float32), 12, axis=0) + np.random.default_rng(0).normal(0, 0.01, (36, 3))
    assert knn_same(rows.astype(np.float32), np.repeat([0, 1, 2], 12)) == 1
