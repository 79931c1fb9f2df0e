"""The benchmarks take hours and are not run here, but they must start: each says what it does."""

import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = sorted((Path(__file__).parents[1] / "benchmarks").glob("*.py"))


@pytest.mark.parametrize("path", BENCHMARKS, ids=lambda path: path.stem)
def test_help(path):
    said = subprocess.run([sys.executable, str(path), "--help"], capture_output=True, text=True)
    assert said.returncode == 0, said.stderr
    assert "usage:" in said.stdout


def test_an_atlas_to_measure_the_page_with(tmp_path):
    made = BENCHMARKS[[path.stem for path in BENCHMARKS].index("explorer_atlas")]
    said = subprocess.run([sys.executable, str(made), "300", str(tmp_path / "atlas")], capture_output=True, text=True)
    assert said.returncode == 0, said.stderr
    from clioscope.atlas import Atlas

    assert Atlas(tmp_path / "atlas").conversations.height == 300
