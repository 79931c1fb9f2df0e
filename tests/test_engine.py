"""End to end with the real embedded engine on real conversations."""

import json
import subprocess
import sys
from importlib.util import find_spec

import polars as pl
import pytest

pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(find_spec("xllamacpp") is None, reason="xllamacpp is not installed (clioscope[local])"),
    pytest.mark.skipif(find_spec("sentence_transformers") is None, reason="sentence-transformers is not installed"),
]

SETTINGS = """
[input]
sample = 12
transcript_tokens = 64
[model]
name = "fast"
[facets]
use = ["request", "field"]
[clustering]
clusters = 3
[naming]
candidates = 2
"""


@pytest.fixture(scope="module")
def atlas(tmp_path_factory):
    """Twelve conversations of ShareGPT through the smallest usable model (weights are fetched once)."""
    import clioscope
    from clioscope.errors import ModelError
    from clioscope.models.fetch import pull

    folder = tmp_path_factory.mktemp("engine")
    (folder / "settings.toml").write_text(SETTINGS)
    try:
        source = pull("sharegpt")
        pull("fast")
        pull("all-MiniLM-L6-v2")
    except ModelError as error:
        pytest.skip(f"the weights cannot be fetched here: {error}")
    command = [sys.executable, "-c", "from clioscope.cli import main; main()", "build", str(source)]
    command += ["--settings", str(folder / "settings.toml"), "--out", str(folder / "atlas")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return clioscope.open(folder / "atlas")


def test_real_conversations_become_a_named_atlas(atlas):
    assert atlas.facets.height == 12
    assert atlas.manifest["models"]["chat"].startswith("qwen2.5-coder-0.5b")
    assert atlas.facets["request"].null_count() <= 1
    words = atlas.facets["request"].drop_nulls().str.split(" ").list.len()
    assert words.mean() >= 4
    assert atlas.tree["name"].str.len_chars().min() >= 3
    assert atlas.tree["name"].is_unique().all()
    assert set(atlas.tree["action"]) <= {"accepted", "rewritten", "withheld"}


def test_every_question_is_accounted_for(atlas):
    stages = atlas.manifest["stages"]
    assert stages["facets"]["cost"]["calls"] >= 12
    assert stages["facets"]["cost"]["prompt_tokens"] > 12 * 40
    assert stages["names"]["cost"]["calls"] >= 3
    groups = atlas.tree.filter(pl.col("level") == 0)
    assert groups["count"].sum() == 12


def test_assign_uses_the_same_model_and_geometry(atlas, tmp_path):
    new = tmp_path / "new.jsonl"
    message = {"role": "user", "content": "Write a short poem about the first snow in the mountains."}
    new.write_text(json.dumps({"id": "n", "messages": [message]}) + "\n")
    found = atlas.assign(new)
    assert found.failed == 0
    assert found.table["group"][0] in atlas.clusters["group"].to_list()
    assert not found.table["known"][0]
