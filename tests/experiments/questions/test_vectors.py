"""Shapes of vectors by hand; hidden states of a tiny model made here."""

import numpy as np
import pytest
from tiny import save_tiny

from clioscope.experiments.questions.vectors import knn_same, shaped


def test_whitening_makes_all_directions_alike():
    random = np.random.default_rng(0)
    rows = (random.normal(size=(400, 6)) * [9, 5, 1, 1, 1, 0.1] + 3).astype(np.float32)
    made = shaped(rows, "whitened")
    assert made.shape == (400, 6)
    spread = made.var(axis=0)
    assert spread.max() / spread.min() < 1.5
    assert np.abs(shaped(rows, "plain").mean(axis=0)).max() > 0.2
    assert np.abs(made.mean(axis=0)).max() < 0.1


def test_nearest_rows_of_the_same_class():
    rows = np.repeat(np.eye(3, dtype=np.float32), 12, axis=0) + np.random.default_rng(0).normal(0, 0.01, (36, 3))
    assert knn_same(rows.astype(np.float32), np.repeat([0, 1, 2], 12)) == 1


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """A Qwen2 of two layers with random weights and a tokenizer of bytes."""
    pytest.importorskip("transformers", reason="the extra [local] is not installed")
    return save_tiny(tmp_path_factory.mktemp("tiny"))


def test_a_text_has_the_same_states_alone_and_in_a_batch(tiny):
    from clioscope.experiments.hidden_states import HiddenStates

    model = HiddenStates(tiny)
    texts = ["short", "a text that is somewhat longer", "mid length"]
    together, alone = model.states(texts, [0, 2]), model.states(texts[:1], [0, 2])
    for key in (("mean", 0), ("last", 2)):
        np.testing.assert_allclose(together[key][0], alone[key][0], atol=1e-5)
    same = model.states(["ab", "ba"], [0, 2])
    np.testing.assert_allclose(same["mean", 0][0], same["mean", 0][1], atol=1e-6)  # embeddings know no order
    assert np.abs(same["mean", 2][0] - same["mean", 2][1]).max() > 1e-3
    # above the embeddings the first token does not count: of two tokens only the last is left
    np.testing.assert_allclose(same["mean", 2], same["last", 2], atol=1e-6)
    one = model.states(["a"], [2])
    np.testing.assert_allclose(one["mean", 2], one["last", 2], atol=1e-6)


def test_on_a_slice(clinc_there, quick, tiny):
    found = quick("vectors", models=(tiny,))
    assert {"encoder hash, centred", "input embeddings, mean, plain", "layer 2, last, whitened"} <= set(
        found.variants()
    )
    assert found.mean("encoder hash, centred", "knn_same") > found.mean("layer 2, last, plain", "knn_same")


def test_texts_of_conversations(labelled, quick):
    found = quick("vectors", data="sharegpt-labelled", atlas=labelled / "atlas", folder=labelled / "data")
    assert {"raw text", "request", "all"} <= set(found.variants())
