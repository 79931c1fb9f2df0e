"""Tuning: the pick by hand, and the whole on a slice."""

from clioscope.experiments.tune import Trial, pick


def trial(quality, stability, groups):
    return Trial({}, quality, stability, groups, 0.0)


def test_a_pick_is_beaten_by_no_other_trial():
    good, beaten = trial(0.9, 0.9, 20), trial(0.8, 0.9, 30)
    assert pick([beaten, good, trial(1.0, 0.0, 500), trial(0.0, 1.0, 400)]) == good


def test_on_a_slice(clinc_there, quick):
    found = quick("tune")
    picked = [name for name in found.variants() if name.startswith("picked")]
    assert len(picked) == 2
    assert len(found.notes) == 4 and "method" in found.notes[0][3]
    best = found.values("best of all trials", "ami")
    assert all(0 < value <= 1 for value in best.values())
    assert found.mean("defaults", "classes") == 20
    for name in picked:
        assert -1 <= found.mean(name, "rho") <= 1
