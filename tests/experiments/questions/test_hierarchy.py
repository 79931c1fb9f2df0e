"""Trees on a slice of CLINC150."""

import numpy as np

from clioscope.experiments.questions.hierarchy import BUILDERS, FOUND, TRUE, tree_figures


def test_a_perfect_tree_has_perfect_figures():
    truth = np.repeat([0, 1, 2, 3], 5)
    coarse = truth // 2
    found = tree_figures(truth, coarse, truth, coarse)
    assert found["top_ami"] == found["dendrogram_purity"] == found["base_ami"] == 1


def test_on_a_slice(clinc_there, quick):
    found = quick("hierarchy", models=("fake",))
    for part in (FOUND, TRUE):
        assert set(BUILDERS) < set(found.variants(part))
    assert found.mean("ward, groups alike", "dendrogram_purity", TRUE) == 1
    assert found.mean("scipy average", "top_groups", FOUND) == 10
    assert found.mean("language model's loop (fake)", "questions", FOUND) > 20
    assert found.mean("language model's loop (fake)", "tokens", FOUND) > 1000
    for name in ("scipy ward", "language model's loop (fake)"):
        assert 0 <= found.values(name, "edge_fit", FOUND)[0] <= 1
    assert not found.values("scipy ward", "edge_fit", TRUE)


def test_on_conversations(labelled, quick):
    found = quick("hierarchy", data="sharegpt-labelled", atlas=labelled / "atlas", folder=labelled / "data")
    (part,) = found.parts()
    assert set(BUILDERS) < set(found.variants(part))
    assert found.mean("ward, groups alike", "top_groups", part) == 4
    assert found.redrawn("scipy ward", part) == 0.25
