"""What weights take, measured on a model made here, and what fits a T4."""

import polars as pl
import pytest
from tiny import CHAT, SPECIAL, save_tiny

from clioscope.experiments import Bench
from clioscope.experiments.questions.quantised import _conclude, largest_on_t4, memory_figures
from clioscope.experiments.results import Results


@pytest.mark.slow
def test_memory_of_a_model_in_this_process_is_measured(tmp_path):
    pytest.importorskip("bitsandbytes")
    pytest.importorskip("llguidance")
    folder = save_tiny(tmp_path / "qwen2.5-coder-0.5b", template=CHAT, special=SPECIAL, width=128)
    bench = Bench()
    full = memory_figures(bench, f"transformers:{folder} fp32")
    small = memory_figures(bench, f"transformers:{folder} 4-bit")
    bench.close()
    assert 1e-4 < small["weights_gb"] < 0.6 * full["weights_gb"] < 1e-2
    # of the name the catalogue knows the cache: 8,192 tokens, two heads of 64 in 24 layers, and a tenth on top
    assert full["needs_gb"] == pytest.approx((full["weights_gb"] + 4 * 24 * 2 * 64 * 8192 / 1e9) * 1.1)
    assert "peak_gb" not in full  # without a card


def test_memory_of_others_is_that_of_their_file():
    bench = Bench()
    assert memory_figures(bench, "fake") == {}
    bench.close()


def test_what_a_t4_holds():
    assert largest_on_t4().startswith("up to ") and "in fp16" in largest_on_t4() and "in 4 bits" in largest_on_t4()


def test_the_conclusion_names_what_does_not_fit():
    rows = [
        {"part": "", "variant": name, "line": "", "x": None, "seed": 0, "metric": metric, "value": value}
        for name, given in (("a", 20.0), ("b", 5.0))
        for metric, value in (("ami", 0.5), ("seconds_each", 1.0), ("weights_gb", given - 1), ("needs_gb", given))
    ]
    said = _conclude(Results(pl.DataFrame(rows)))
    assert "Weights in GB: a 19.00, b 4.00." in said
    assert "A 16 GB T4 does not hold a; of the catalogue it holds models of up to" in said
    assert "nan" not in said
