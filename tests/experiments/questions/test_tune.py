"""Tuning: how alike picks are, and the whole on a slice."""

import numpy as np
import pytest
from embedding.conftest import folder  # noqa: F401

from clioscope.experiments.questions.tune import RUNG, USUAL, likeness
from clioscope.experiments.settings_search import OBJECTIVES


def test_how_alike_two_picks_are():
    labels = np.repeat(np.arange(10), 4)
    same = likeness(({"method": "ward"}, labels), ({"method": "ward"}, labels[::-1]))
    assert same == {"same_method": 1, "groups_alike": 1, "ari_with_classical": 1}
    other = likeness(({"method": "ward"}, labels), ({"method": "leiden"}, labels // 2))
    assert (other["same_method"], other["groups_alike"]) == (0, 0) and other["ari_with_classical"] < 1


def test_on_a_slice(clinc_there, quick):
    check(quick("tune"), 20)


@pytest.mark.slow
def test_texts_and_encoders_are_searched_too(labelled, quick, folder):  # noqa: F811
    two = ("hash", str(folder))
    found = quick("tune", data="sharegpt-labelled", atlas=labelled / "atlas", folder=labelled / "data", embedders=two)
    check(found, 4)
    chosen = [note for *_, note in found.notes]
    assert {"hash", str(folder)} >= {note.partition("embedder ")[2].partition(",")[0] for note in chosen}
    assert len({note.partition("text ")[2] for note in chosen}) > 1


def check(found, classes):
    picked = [name for name in found.variants() if name.startswith("picked")]
    assert picked == [f"picked by {name}" for name in OBJECTIVES]
    assert len(found.notes) == 8 and "method" in found.notes[0][3]
    best = found.values("best of all trials", "ami")
    assert all(-0.2 < value <= 1 for value in best.values())
    assert found.mean(USUAL, "classes") == classes
    assert found.mean(RUNG, "silhouette") > found.mean(USUAL, "silhouette") - 0.05  # chosen on the other half
    for name in picked:
        assert -1 <= found.mean(name, "rho") <= 1
        assert found.mean(name, "trials") == 8
    for name in picked[1:]:
        assert 0 <= found.mean(name, "same_method") <= 1 and found.mean(name, "ari_with_classical") <= 1
