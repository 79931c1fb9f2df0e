"""Figures as JSON, for programs."""

import json

import pytest
from commands import run_cli


def test_the_tree_and_a_group(finished) -> None:
    whole = json.loads(run_cli("show", finished.path, "--json", check=True).stdout)
    first = whole["groups"][0]
    assert first["count"] and first["children"] and 0 < first["share"] <= 1
    assert all(row["low"] <= row["share"] <= row["high"] for row in first["shares"])
    inner = first["children"][0]
    assert json.loads(run_cli("show", finished.path, "--json", "--group", inner["group"], check=True).stdout) == inner


def test_the_ladder(finished) -> None:
    rows = json.loads(run_cli("ladder", finished.path, "--clusters", "3,5", "--json", "--quiet", check=True).stdout)
    assert {3, 5} <= {row["groups"] for row in rows}


@pytest.mark.slow
def test_measured_figures(atlas) -> None:
    rows = json.loads(run_cli("measure", atlas, "--no-stability", "--quiet", "--json", check=True).stdout)
    assert {"family", "metric", "value", "low", "high"} <= set(rows[0])
