"""Distances from products."""

import numpy as np
from scipy.spatial.distance import cdist

from clioscope.vectors.apart import distances_between


def test_distances_are_exact_even_where_rows_nearly_meet():
    generator = np.random.default_rng(0)
    points = generator.normal(size=(30, 384))
    others = np.concatenate(
        [points[:5] + 1e-9 * generator.normal(size=(5, 384)), points[5:6], generator.normal(size=(9, 384))]
    )
    np.testing.assert_allclose(distances_between(points, others), cdist(points, others), rtol=1e-11, atol=1e-15)
