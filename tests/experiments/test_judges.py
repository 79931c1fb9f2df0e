"""Judges and quantised models: bias by hand, and both experiments with the fake model."""

import polars as pl
import pytest

from clioscope.experiments.judges import own_bias
from clioscope.experiments.quantised import weights_gb
from clioscope.experiments.results import Results


def test_bias_is_counted_from_what_others_give():
    given = {("a", "a"): 0.9, ("a", "b"): 0.5, ("b", "a"): 0.6, ("b", "b"): 0.6}
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
    found = own_bias(Results(pl.DataFrame(rows)))
    # a gives itself .2 more than its mean, b gives a nothing more; b gives itself 0, a gives b .2 less
    assert found == pytest.approx({"a": 0.2, "b": 0.2})


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
