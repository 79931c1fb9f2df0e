"""The explorer from the command line."""

import signal
import subprocess
import sys
import urllib.request

import pytest
from commands import run_cli


@pytest.mark.slow
def test_explore_prints_its_address_serves_and_stops(atlas):
    command = [sys.executable, "-c", "from clioscope.cli import main; main()", "explore", str(atlas), "--no-open"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        line = process.stdout.readline()
        address = line.removeprefix("Explore it: ").strip()
        with urllib.request.urlopen(address, timeout=30) as answer:
            assert b"Clioscope" in answer.read()
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)
        assert "Traceback" not in process.stderr.read()


def test_export_writes_the_page(atlas, tmp_path):
    found = run_cli("export", atlas, "--html", tmp_path / "atlas.html", "--title", "Five topics")
    assert found.returncode == 0, found.stderr
    assert (tmp_path / "atlas.html").stat().st_size > 100_000
    both = run_cli("export", atlas, tmp_path / "report.md", "--html", tmp_path / "again.html", "--facet-texts")
    assert both.stdout.split() == [str(tmp_path / "report.md"), str(tmp_path / "again.html")]


def test_errors_are_one_sentence(atlas, tmp_path):
    (tmp_path / "newer").mkdir()
    (tmp_path / "newer" / "manifest.json").write_text('{"format": "clioscope-atlas", "version": 99}')
    for words in (
        ("explore", tmp_path / "newer", "--no-open"),
        ("export", tmp_path / "newer", "--html", tmp_path / "newer.html"),
        ("export", atlas),
        ("explore", tmp_path / "nothing", "--no-open"),
        ("explore", atlas, "--no-open", "--traces"),
        ("explore", atlas, "--no-open", "--view", "nothing"),
    ):
        found = run_cli(*words)
        assert found.returncode == 1
        assert found.stderr.startswith("clioscope: ")
        assert len(found.stderr.strip().splitlines()) == 1
