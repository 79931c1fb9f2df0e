"""Names from centroids: a bank of phrases by hand, and the experiment on a slice with the fake model."""

import numpy as np

from clioscope.experiments.questions.centroid import phrase_bank, sparse


def test_a_bank_holds_runs_of_words_that_texts_share():
    bank = phrase_bank(["what is my account balance", "show the account balance", "the weather today"], 10)
    assert bank[0] == "account balance"
    assert "weather" not in bank


def test_a_sparse_sum_finds_its_parts():
    bank = np.eye(6, dtype=np.float32)
    own = np.array([0.8, 0, 0.6, 0, 0, 0], dtype=np.float32)
    assert sparse(own, own, bank, atoms=2) == [0, 2]


def test_centroid(clinc_there, quick, tiny):
    found = quick("centroid", models=(f"{tiny} (hidden)", "fake"), seeds=1)
    names = found.variants()
    assert any("patched in" in name for name in names) and any("generate, embed" in name for name in names)
    assert found.mean("phrase bank, nearest", "retrieval") > 2 / 8
    assert found.mean("phrase bank, nearest", "groups") == 8
