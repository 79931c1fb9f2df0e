"""The paper's settings against ours: groupings of vectors, and whole builds by the fake model."""

from experiments.test_results import table

from clioscope.experiments import Bench, experiments
from clioscope.experiments.questions.clio import BUILDS, CLIO, GROUPINGS, OURS, build_settings


def test_methods_are_compared_on_the_same_vectors():
    names = ["k-means, centred and smoothed", "Leiden on plain vectors"]
    values = ([0.3, 0.31, 0.3], [0.38, 0.4, 0.37], [0.2, 0.21, 0.22], [0.38, 0.39, 0.37])
    said = experiments.get("clio").conclude(table(**dict(zip([CLIO, *names, OURS], values, strict=True))))
    assert f"{OURS} has AMI 0.380 against 0.383 for k-means, centred and smoothed" in said
    assert f"Leiden on plain vectors has AMI 0.210 against 0.303 for {CLIO}" in said
    assert f"k-means, centred and smoothed has AMI 0.383 against 0.303 for {CLIO}" in said  # vectors, same method
    assert "Leiden on plain vectors has AMI 0.210 against 0.383" not in said  # neither the same
    assert "Both at once: Clioscope" in said


def test_the_paper_has_its_encoder_and_once_ours():
    bench = Bench(embedders=("all-MiniLM-L6-v2",))
    made = {name: build_settings(bench, "fake", name, 0) for name in BUILDS}
    assert [one.embedding.model for one in made.values()] == ["all-mpnet-base-v2"] + 2 * ["all-MiniLM-L6-v2"]
    assert [one.clustering.method for one in made.values()] == ["kmeans", "kmeans", "leiden"]


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
    assert found.variants(part) == list(BUILDS)
    for name in BUILDS:
        assert found.mean(name, "tokens", part) > 1000
        assert 0 <= found.mean(name, "reconstruction_accuracy", part) <= 1
    assert found.mean(CLIO, "ami", found.parts()[0]) > 0.2
