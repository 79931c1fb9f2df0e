"""Names: what they are judged by, a bank of phrases, and the experiments on a slice with the fake model."""

import numpy as np
import pytest
from experiments.questions.test_vectors import tiny  # noqa: F401

from clioscope.experiments import Bench, experiments
from clioscope.experiments.name_figures import SECOND, groups_of, name_figures, second
from clioscope.experiments.questions.centroid import phrase_bank, sparse
from clioscope.experiments.questions.context import LADDER


def test_true_names_find_unseen_members_and_wrong_ones_do_not(clinc_there):
    bench = Bench(quick=True, embedders=("hash",))
    groups = groups_of(bench, 0)
    assert groups.size == 8
    assert set(np.bincount(groups.labels[groups.shown])) == {5}
    good = name_figures(bench, groups, groups.described)
    bad = name_figures(bench, groups, groups.described[::-1])
    assert good["retrieval"] > 0.4 > bad["retrieval"]
    assert good["reconstruction_accuracy"] == 1 and bad["reconstruction_accuracy"] == 0
    assert good["duplicate_names"] == 0


def test_a_second_encoder_and_a_judge_have_their_say(clinc_there):
    bench = Bench(quick=True, embedders=("hash",), models=("fake", "fake:slow"))
    assert second(Bench()) == SECOND and second(Bench(embedders=("a", "b"))) == "b"
    groups = groups_of(bench, 0)
    found = name_figures(bench, groups, groups.described)
    assert found["retrieval_second"] == found["retrieval"]  # in a quick run it is the same encoder
    assert found["reconstruction_second"] == 1
    assert 0 <= found["name_fit"] <= 1 and 0 <= found["assign_back"] <= 1
    assert "assign_back" not in name_figures(bench, groups_of(bench, 1), groups.described)
    bench.close()


def test_a_bank_holds_runs_of_words_that_texts_share():
    bank = phrase_bank(["what is my account balance", "show the account balance", "the weather today"], 10)
    assert bank[0] == "account balance"
    assert "weather" not in bank


def test_a_sparse_sum_finds_its_parts():
    bank = np.eye(6, dtype=np.float32)
    own = np.array([0.8, 0, 0.6, 0, 0, 0], dtype=np.float32)
    assert sparse(own, own, bank, atoms=2) == [0, 2]


@pytest.mark.parametrize("data", ["clinc150", "sharegpt-labelled"])
def test_context(clinc_there, labelled, quick, data):
    folder = labelled / "data" if data != "clinc150" else None
    found = quick("context", data=data, models=("fake",), atlas=labelled / "atlas", folder=folder, seeds=1)
    (part,) = found.parts()
    assert set(LADDER) < set(found.variants(part))
    assert found.mean("+ parent", "questions", part) > found.mean("members", "questions", part)
    said = experiments.get("context").conclude(found)
    assert "reconstruction accuracy" in said and "retrieval by the second encoder" in said


def test_centroid(clinc_there, quick, tiny):  # noqa: F811
    found = quick("centroid", models=(f"{tiny} (hidden)", "fake"), seeds=1)
    names = found.variants()
    assert any("patched in" in name for name in names) and any("generate, embed" in name for name in names)
    assert found.mean("phrase bank, nearest", "retrieval") > 2 / 8
    assert found.mean("phrase bank, nearest", "groups") == 8


def test_a_patched_state_changes_what_is_said(tiny):  # noqa: F811
    from clioscope.experiments.hidden_states import HiddenStates

    model = HiddenStates(tiny)
    random = np.random.default_rng(0)
    said = {model.say("About{}?", patch=random.normal(size=32).astype(np.float32), layer=1, tokens=6) for _ in range(6)}
    assert len(said) > 1
    assert model.say("About x x x?", tokens=6) == model.say("About x x x?", tokens=6)
