"""The long table and what is read off it, by hand."""

import math

import polars as pl
import pytest

from clioscope.experiments.results import Results


def table(**variants):
    rows = [
        {"part": "", "variant": name, "line": name, "x": None, "seed": seed, "metric": "ami", "value": value}
        for name, values in variants.items()
        for seed, value in enumerate(values)
    ]
    return Results(pl.DataFrame(rows))


def test_means_and_the_best():
    found = table(a=[0.5, 0.7], b=[0.1, 0.2])
    assert found.mean("a", "ami") == pytest.approx(0.6)
    assert math.isnan(found.mean("a", "ari"))
    assert found.best("ami") == "a"
    assert found.best("ami", lowest=True) == "b"
    assert found.best("ari") == ""


def test_the_best_is_sought_over_the_same_seeds():
    found = table(a=[0.8, 0.6, 0.6], b=[0.7, 0.6, 0.6], dear=[0.75])
    assert found.best("ami") == "a"  # .67 on the average, but .8 on the seed of .75
    assert "compared on those alone: dear." in found.left_out("ami")
    assert table(a=[0.8], b=[0.7]).left_out("ami") == ""


def test_two_seeds_have_no_interval():
    gap = table(a=[0.5, 0.9], b=[0.4, 0.7]).difference("a", "b", "ami")
    assert (gap.low, gap.high, gap.n) == (None, None, 2)
    assert str(gap) == "+0.150, two seeds"


def test_draws_that_overlap_have_wider_intervals():
    values = {"a": [0.5, 0.9, 0.7, 0.8], "b": [0.4, 0.8, 0.5, 0.6]}
    plain = table(**values).difference("a", "b", "ami")
    drawn = Results(table(**values).table.with_columns(pl.lit(0.25).alias("redrawn"))).difference("a", "b", "ami")
    # 1 / n + test / train = 1 / 4 + 1 / 4, twice the 1 / n of independent samples
    assert drawn.high - drawn.mean == pytest.approx(math.sqrt(2) * (plain.high - plain.mean))


def test_a_difference_is_paired_by_seed():
    found = table(a=[0.5, 0.9, 0.7], b=[0.4, 0.8, 0.5]).difference("a", "b", "ami")
    assert found.mean == pytest.approx(0.4 / 3)
    assert (found.wins, found.n) == (3, 3)
    # Student's t with two degrees of freedom: 4.303 * sd / sqrt(3), sd of (.1, .1, .2) = .0577
    assert found.high - found.mean == pytest.approx(4.3027 * 0.057735 / math.sqrt(3), abs=1e-4)
    assert not found.clear


def test_seeds_that_all_agree_prove_nothing():
    found = table(a=[0.5, 0.5, 0.5], b=[0.4, 0.4, 0.4])
    gap = found.difference("a", "b", "ami")
    assert gap.low is None and not gap.clear
    assert "the same under every seed" in found.versus("a", "b", "ami")


def test_a_clear_difference_is_said_plainly():
    found = table(a=[0.50, 0.51, 0.52], b=[0.10, 0.12, 0.11])
    assert found.difference("a", "b", "ami").clear
    assert "do not tell" not in found.versus("a", "b", "ami")
    assert "do not tell" in table(a=[0.5, 0.1, 0.3], b=[0.1, 0.5, 0.3]).versus("a", "b", "ami")


def test_what_was_not_measured_is_not_said():
    assert table(a=[1.0]).versus("a", "b", "ami") == ""
