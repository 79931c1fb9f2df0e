"""The search over settings: the pick by hand, and what is maximised."""

import numpy as np

from clioscope.experiments.settings_search import OBJECTIVES, Trial, pick, quality


def trial(quality, stability, groups):
    return Trial({}, quality, stability, groups, 0.0)


def test_a_pick_is_beaten_by_no_other_trial():
    good, beaten = trial(0.9, 0.9, 20), trial(0.8, 0.9, 30)
    assert pick([beaten, good, trial(1.0, 0.0, 500), trial(0.0, 1.0, 400)]) == good


def test_what_counts_faults_is_turned_round():
    random = np.random.default_rng(0)
    vectors = (np.repeat(np.eye(3), 20, axis=0) + random.normal(0, 0.05, (60, 3))).astype(np.float32)
    good, bad = np.repeat([0, 1, 2], 20), np.arange(60) % 3
    for objective in OBJECTIVES:
        assert quality(vectors, good, objective) > quality(vectors, bad, objective)
