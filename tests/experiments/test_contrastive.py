"""Self-training: pairs by hand, and a round on a tiny encoder made here."""

import numpy as np
import pytest
from embedding.test_sentences import folder  # noqa: F401

from clioscope.experiments.contrastive import CLASSES, TRAINED, pairs


def test_pairs_are_of_one_group_and_of_the_clearer_half():
    labels = np.repeat([0, 1, 2], 10)
    margins = np.tile(np.arange(10) / 10, 3)
    left, right = pairs(labels, margins, 8, np.random.default_rng(0))
    assert len(left) == 3 and sorted(labels[left]) == [0, 1, 2]
    assert (labels[left] == labels[right]).all()
    assert (margins[left] >= 0.45).all() and (np.array(left) != np.array(right)).all()


def test_a_round_on_a_slice(clinc_there, quick, folder):  # noqa: F811
    found = quick("contrastive", embedders=(str(folder),), seeds=1)
    assert found.variants(TRAINED) == ["before", "after round 1"]
    assert found.mean("before", "groups", CLASSES) > 3
    assert found.mean("after round 1", "seconds", TRAINED) > 0


def test_an_encoder_without_weights_is_refused(clinc_there, quick):
    from clioscope.errors import ModelError

    with pytest.raises(ModelError, match="cannot be trained"):
        quick("contrastive")
