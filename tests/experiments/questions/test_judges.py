"""Judges and quantised models: bias by hand, and both experiments with the fake model."""

import polars as pl
import pytest

from clioscope.experiments.questions.judges import judges, own_bias, tells
from clioscope.experiments.questions.quantised import weights_gb
from clioscope.experiments.results import Results


def test_bias_is_counted_from_what_others_give():
    found = own_bias(judged({("a", "a"): 0.9, ("a", "b"): 0.5, ("b", "a"): 0.6, ("b", "b"): 0.6}))
    # a gives itself .2 more than its mean, b gives a nothing more; b gives itself 0, a gives b .2 less
    assert found == pytest.approx({"a": 0.2, "b": 0.2})


def judged(given):
    """Results by (judge, extractor)."""
    rows = [
        {
            "part": f"judged by {judge}",
            "variant": extractor,
            "line": "",
            "x": None,
            "seed": 0,
            "metric": "seen",
            "value": v,
        }
        for (judge, extractor), v in given.items()
    ]
    return Results(pl.DataFrame(rows))


def test_who_says_the_same_of_any_facets_is_no_judge():
    given = {("a", "a"): 0.9, ("a", "b"): 0.5, ("b", "a"): 0.1, ("b", "b"): 0.0}
    found = judged(given)
    assert tells(found) == ["a"] and own_bias(found) == {}
    said = judges.conclude(found)
    assert "Judged by a: the most faithful facets are those of a (+0.900" in said
    assert "b does not tell facets of a conversation from those of another (+0.100" in said
    assert "shows only with two judges that tell facets apart" in said


def test_weights():
    assert weights_gb("qwen2.5-coder-0.5b") == pytest.approx(0.4914, abs=1e-4)
    assert weights_gb("fake") is None


@pytest.mark.parametrize("name", ["judges", "quantised"])
def test_on_a_made_atlas(labelled, quick, name):
    found = quick(name, models=("fake",), atlas=labelled / "atlas", folder=labelled / "data", seeds=1)
    if name == "judges":
        assert 0 <= found.mean("fake", "faithfulness", "judged by fake") <= 1
    else:
        assert found.mean("fake", "like_first") == pytest.approx(1, abs=1e-5)
