"""Trees on a slice of CLINC150."""

import numpy as np

from clioscope.experiments.hierarchy import BUILDERS, FOUND, TRUE, top_down, tree_figures


def test_a_perfect_tree_has_perfect_figures():
    truth = np.repeat([0, 1, 2, 3], 5)
    coarse = truth // 2
    found = tree_figures(truth, coarse, truth, coarse)
    assert found["top_ami"] == found["dendrogram_purity"] == found["base_ami"] == 1


def test_top_down_nests():
    vectors = np.random.default_rng(0).normal(size=(120, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    labels, parents = top_down(vectors, np.arange(120) % 12, 3, 0)
    assert len(parents) == labels.max() + 1
    assert set(parents) == {0, 1, 2}


def test_on_a_slice(clinc_there, quick):
    found = quick("hierarchy", models=("fake",))
    for part in (FOUND, TRUE):
        assert set(BUILDERS) < set(found.variants(part))
    assert found.mean("ward, groups alike", "dendrogram_purity", TRUE) == 1
    assert found.mean("scipy average", "top_groups", FOUND) == 10
    assert found.mean("language model's loop (fake)", "questions", FOUND) > 20
