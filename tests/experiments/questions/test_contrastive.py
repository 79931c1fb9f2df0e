"""Self-training: pairs by hand, and a round on a tiny encoder made here."""

import numpy as np
import pytest
from embedding.conftest import folder  # noqa: F401

from clioscope.experiments.questions.contrastive import CLASSES, TRAINED, WAYS, nearest, pairs


def test_pairs_are_of_one_group_and_of_the_clearer_half():
    labels = np.repeat([0, 1, 2], 10)
    margins = np.tile(np.arange(10) / 10, 3)
    left, right = pairs(labels, margins, 8, np.random.default_rng(0))
    assert len(left) == 3 and sorted(labels[left]) == [0, 1, 2]
    assert (labels[left] == labels[right]).all()
    assert (margins[left] >= 0.45).all() and (np.array(left) != np.array(right)).all()


def test_hard_negatives_are_of_the_nearest_groups():
    places = np.array([0.0, 0.1, 0.2, 3.0, 3.1, 3.2])
    near = nearest(np.stack([np.cos(places), np.sin(places)], axis=1).astype(np.float32))
    labels = np.repeat(np.arange(6), 4)
    for seed in range(6):
        left, right = pairs(labels, np.ones(24), 3, np.random.default_rng(seed), near)
        assert sorted(labels[left]) in ([0, 1, 2], [3, 4, 5])
        assert (labels[left] == labels[right]).all()


def test_a_round_on_a_slice(clinc_there, quick, folder):  # noqa: F811
    pytest.importorskip("peft", reason="the extra [experiments] is not installed")
    found = quick("contrastive", embedders=(str(folder),), seeds=1)
    assert found.variants(TRAINED) == ["before", *(f"{way}, after round 1" for way in WAYS)]
    assert found.mean("before", "groups", CLASSES) > 3
    for way in WAYS:
        assert found.mean(f"{way}, after round 1", "seconds", TRAINED) > 0


@pytest.mark.slow
def test_lora_trains_little_and_leaves_the_weights_alone(folder):  # noqa: F811
    pytest.importorskip("peft", reason="the extra [experiments] is not installed")
    from sentence_transformers import SentenceTransformer

    from clioscope.experiments.questions.contrastive import add_lora

    model = SentenceTransformer(str(folder), device="cpu")
    before = model.encode(["why is the sky blue"])
    add_lora(model, rank=2)
    trained = {name for name, one in model.named_parameters() if one.requires_grad}
    assert trained and all("lora" in name for name in trained)
    np.testing.assert_allclose(model.encode(["why is the sky blue"]), before, atol=1e-6)


def test_an_encoder_without_weights_is_refused(clinc_there, quick):
    from clioscope.errors import ModelError

    with pytest.raises(ModelError, match="cannot be trained"):
        quick("contrastive")
