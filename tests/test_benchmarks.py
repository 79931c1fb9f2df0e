"""The benchmarks take hours and are not run here, but they must start: each says what it does."""

import ast
import asyncio
import importlib
import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import spearmanr

from clioscope.models.chat import ChatRequest
from clioscope.models.problems import Unanswered

ROOT = Path(__file__).parents[1]
BENCHMARKS = sorted((ROOT / "benchmarks").glob("*.py"))
COMMANDS = [path for path in BENCHMARKS if "__main__" in path.read_text(encoding="utf-8")]  # the others serve these


def loaded(name):
    """A benchmark as a module."""
    spec = importlib.util.spec_from_file_location(f"benchmark_{name}", ROOT / "benchmarks" / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
@pytest.mark.parametrize("path", [*BENCHMARKS, ROOT / "explorer" / "e2e" / "atlases.py"], ids=lambda path: path.stem)
def test_what_it_imports_of_ours_is_there(path):
    """Also inside functions that no test calls."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "clioscope":
            module = importlib.import_module(node.module)
            missing = [alias.name for alias in node.names if not hasattr(module, alias.name)]
            missing = [name for name in missing if importlib.util.find_spec(f"{node.module}.{name}") is None]
            assert missing == [], node.module


@pytest.mark.slow
@pytest.mark.parametrize("path", COMMANDS, ids=lambda path: path.stem)
def test_help(path):
    said = subprocess.run([sys.executable, str(path), "--help"], capture_output=True, text=True)
    assert said.returncode == 0, said.stderr
    assert "usage:" in said.stdout


@pytest.mark.slow
def test_an_atlas_to_measure_the_page_with(tmp_path):
    made = BENCHMARKS[[path.stem for path in BENCHMARKS].index("explorer_atlas")]
    said = subprocess.run([sys.executable, str(made), "300", str(tmp_path / "atlas")], capture_output=True, text=True)
    assert said.returncode == 0, said.stderr
    from clioscope.atlas import Atlas

    atlas = Atlas(tmp_path / "atlas")
    assert atlas.conversations.height == len(atlas.vectors) == 300


def test_which_figure_to_trust_has_an_interval():
    """The value is Spearman's; the interval holds the true correlation about as often as it says."""
    module = loaded("measure")
    generator = np.random.default_rng(0)
    held = 0
    for _ in range(40):
        target = generator.normal(size=60)
        values = target + generator.normal(size=60)
        value, low, high = module.with_interval(values, target, np.zeros(60), draws=200)
        assert value == pytest.approx(spearmanr(values, target).statistic)
        held += low <= 6 / np.pi * np.arcsin(np.sqrt(0.5) / 2) <= high
    assert held >= 34
    assert np.isnan(module.with_interval(values, target, np.arange(60))[0])


@pytest.mark.slow
def test_judgements_come_from_a_file_and_the_missing_are_told(tmp_path):
    names = loaded("names")
    first, second = (ChatRequest(messages=(("system", "Which?"), ("user", text)), item=text) for text in ("a", "b"))
    empty = names.Judge(tmp_path / "none.jsonl")
    with pytest.raises(Unanswered):
        asyncio.run(empty.complete(first))
    (digest,) = empty.missing
    assert json.loads(empty.missing[digest]) == {"question": digest, "system": "Which?", "user": "a"}
    file = tmp_path / "judgements.jsonl"
    file.write_text(json.dumps({"question": digest, "answer": "2"}) + "\n")
    judge = names.Judge(file)
    assert json.loads(asyncio.run(judge.complete(first)).text) == {"answer": "2"}
    with pytest.raises(Unanswered):
        asyncio.run(judge.complete(second))
    assert len(judge.missing) == 1 and digest not in judge.missing and judge.id != empty.id
