"""measure and compare as a user types them."""

import json

import polars as pl
import pytest
from commands import run_cli
from conftest import TOPICS


@pytest.mark.parametrize("command", ["measure", "compare"])
def test_they_have_help(command):
    found = run_cli(command, "--help")
    assert found.returncode == 0
    assert "Usage" in found.stdout
    assert command in run_cli("--help").stdout


@pytest.mark.slow
def test_measure_then_compare(atlas, tmp_path):
    labels = tmp_path / "labels.csv"
    labels.write_text("id,label\n" + "".join(f"r{n},{list(TOPICS)[n % 5]}\n" for n in range(60)))
    found = run_cli("measure", atlas, "--labels", labels, "--quiet")
    assert found.returncode == 0, found.stderr
    assert "solid" in found.stdout and "ami" in found.stdout and "stability jaccard" in found.stdout
    assert "report-card.html" in found.stderr
    assert json.loads((atlas / "measures.json").read_text())["labels"]["conversations"] == 60
    found = run_cli("compare", "--figures", atlas, atlas, "--to", tmp_path / "both.csv")
    assert found.returncode == 0, found.stderr
    assert "silhouette" in found.stdout
    assert pl.read_csv(tmp_path / "both.csv").height > 30


def test_errors_are_one_sentence(atlas, tmp_path):
    for words in (
        ("measure", tmp_path / "nothing"),
        ("measure", atlas, "--labels", tmp_path / "absent.csv"),
        ("compare", "--figures", atlas, atlas),
        ("compare", "--figures", atlas, atlas, "--to", "x.docx"),
        ("compare", atlas),
        ("compare", atlas, "--before", "2026-03"),
        ("compare", atlas, atlas, "--to", "x.docx"),
    ):
        found = run_cli(*words)
        assert found.returncode == 1, words
        assert "Traceback" not in found.stderr
        assert found.stderr.strip().splitlines()[-1].startswith("clioscope: ")
