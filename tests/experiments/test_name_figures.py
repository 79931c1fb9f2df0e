"""What a name is worth: to an encoder, to a second one, to a judge."""

import numpy as np

from clioscope.experiments import Bench
from clioscope.experiments.groups_to_name import groups_of
from clioscope.experiments.name_figures import SECOND_ENCODER, name_figures, second_encoder


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
    assert second_encoder(Bench()) == SECOND_ENCODER and second_encoder(Bench(embedders=("a", "b"))) == "b"
    groups = groups_of(bench, 0)
    found = name_figures(bench, groups, groups.described)
    assert found["retrieval_second"] == found["retrieval"]  # in a quick run it is the same encoder
    assert found["reconstruction_second"] == 1
    assert 0 <= found["name_fit"] <= 1 and 0 <= found["assign_back"] <= 1
    assert "assign_back" not in name_figures(bench, groups_of(bench, 1), groups.described)
    bench.close()
