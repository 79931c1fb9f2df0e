"""Trees built from vectors."""

import numpy as np

from clioscope.experiments.tree_builders import top_down


def test_top_down_nests():
    vectors = np.random.default_rng(0).normal(size=(120, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    labels, parents = top_down(vectors, np.arange(120) % 12, 3, 0)
    assert len(parents) == labels.max() + 1
    assert set(parents) == {0, 1, 2}
