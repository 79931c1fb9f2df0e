"""``clioscope models``."""

import pytest
from typer.testing import CliRunner

from clioscope.cli.models import app
from clioscope.models.catalogue import entries


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("CLIOSCOPE_CACHE", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "80")
    return lambda *arguments: CliRunner().invoke(app, arguments)


def test_the_list_names_everything_in_eighty_columns(run, tmp_path):
    result = run()
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert max(map(len, lines[:-1])) <= 80
    assert "…" not in result.stdout
    for entry in entries():
        (line,) = [line for line in lines if line.split()[:1] == [entry.name]]
        assert entry.licence in line
    assert lines[-1] == f"Cache: {tmp_path}"


def test_path_of_what_is_not_fetched_is_an_error(run):
    result = run("path", "fast")
    assert result.exit_code == 1
    assert (
        result.stderr
        == "Error: qwen2.5-coder-0.5b is not downloaded yet; run: clioscope models pull qwen2.5-coder-0.5b\n"
    )
    assert result.stdout == ""


def test_path_of_what_is_fetched(run, tmp_path):
    weights = tmp_path / "all-MiniLM-L6-v2" / "model.safetensors"
    weights.parent.mkdir()
    with weights.open("wb") as file:
        file.truncate(90868376)
    result = run("path", "minilm")
    assert (result.exit_code, result.stdout) == (0, f"{tmp_path}/all-MiniLM-L6-v2\n")


@pytest.mark.parametrize(("name", "what"), [("fasst", "did you mean fast"), ("qwen3-32b", "vllm serve Qwen/Qwen3-32B")])
def test_pulling_what_cannot_be_pulled_is_one_sentence(run, name, what):
    result = run("pull", name)
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ") and what in result.stderr
    assert "Traceback" not in result.stderr
