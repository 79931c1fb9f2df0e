"""Shapes of vectors by hand; hidden states of a tiny model made here."""

import numpy as np

from clioscope.experiments.questions.vectors import shaped


def test_whitening_makes_all_directions_alike():
    random = np.random.default_rng(0)
    rows = (random.normal(size=(400, 6)) * [9, 5, 1, 1, 1, 0.1] + 3).astype(np.float32)
    made = shaped(rows, "whitened")
    assert made.shape == (400, 6)
    spread = made.var(axis=0)
    assert spread.max() / spread.min() < 1.5
    assert np.abs(shaped(rows, "plain").mean(axis=0)).max() > 0.2
    assert np.abs(made.mean(axis=0)).max() < 0.1


def test_on_a_slice(clinc_there, quick, tiny):
    found = quick("vectors", models=(tiny,))
    assert {"encoder hash, centred", "input embeddings, mean, plain", "layer 2, last, whitened"} <= set(
        found.variants()
    )
    assert found.mean("encoder hash, centred", "knn_same") > found.mean("layer 2, last, plain", "knn_same")


def test_texts_of_conversations(labelled, quick):
    found = quick("vectors", data="sharegpt-labelled", atlas=labelled / "atlas", folder=labelled / "data")
    assert {"raw text", "request", "all"} <= set(found.variants())
