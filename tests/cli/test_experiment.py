"""experiment as a user types it."""

import pytest
from commands import run_cli

from clioscope.experiments import experiments


def test_list_tells_what_each_answers_needs_and_costs():
    found = run_cli("experiment", "list")
    assert found.returncode == 0, found.stderr
    for name in experiments.names():
        one = experiments.get(name)
        assert one.question.endswith("?") and one.needs and one.costs
        assert name in found.stdout


@pytest.mark.parametrize("words", [("tue",), ("tune", "--data", "nothing"), ("facets", "--quick")])
def test_errors_are_one_sentence(words, tmp_path):
    found = run_cli("experiment", *words, "--out", tmp_path, "--cache", tmp_path)
    assert found.returncode == 1
    assert "Traceback" not in found.stderr
    assert found.stderr.strip().splitlines()[-1].startswith("clioscope: ")


def test_a_run_leaves_table_plot_and_log(clinc_there, tmp_path, monkeypatch):
    book = tmp_path / "log.md"
    words = ("--quick", "--embedder", "hash", "--out", tmp_path, "--cache", tmp_path / "cache", "--log", book)
    found = run_cli("experiment", "clio", *words, "--quiet")
    assert found.returncode == 0, found.stderr
    assert "Clioscope: Leiden" in found.stdout
    assert (tmp_path / "clio" / "clinc150-quick" / "table.parquet").exists()
    assert "Experiment: clio" in book.read_text()
    assert (tmp_path / "cache" / "experiments.sqlite").exists()
