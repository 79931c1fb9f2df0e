"""The paper's settings against ours: groupings of vectors, and whole builds by the fake model."""

from clioscope.experiments.clio import CLIO, GROUPINGS, OURS


def test_groupings_on_a_slice(clinc_there, quick):
    found = quick("clio")
    (part,) = found.parts()
    assert found.variants(part) == list(GROUPINGS)
    assert found.mean(OURS, "groups") == 20
    assert found.mean(OURS, "ami") > 0.3  # words alone tell much of twenty intents


def test_whole_builds(labelled, quick):
    found = quick(
        "clio", data="sharegpt-labelled", models=("fake",), atlas=labelled / "atlas", folder=labelled / "data", seeds=1
    )
    part = next(one for one in found.parts() if one.startswith("whole build"))
    assert found.variants(part) == ["Clio", "Clioscope"]
    for name in ("Clio", "Clioscope"):
        assert found.mean(name, "tokens", part) > 1000
        assert 0 <= found.mean(name, "reconstruction_accuracy", part) <= 1
    assert found.mean(CLIO, "ami", found.parts()[0]) > 0.2
