"""Data of the experiments: what lies beside the checkout, and an atlas of made conversations with labels."""

import json

import pytest
from conftest import TOPICS, make_records, write_jsonl
from tiny import save_tiny

import clioscope
from clioscope.experiments import Bench, experiments, report, run
from clioscope.settings import load_settings

CODES = dict(zip(TOPICS, ("life", "software", "life", "creative", "data"), strict=True))


@pytest.fixture(scope="session")
def labelled(tmp_path_factory):
    """An atlas of 100 made conversations by the fake model, and the folder of their labels."""
    base = tmp_path_factory.mktemp("labelled")
    records = make_records(100)
    chats = write_jsonl(base / "chats.jsonl", records)
    folder = base / "data" / "sharegpt-labelled"
    folder.mkdir(parents=True)
    rows = [f"{one['id']},{list(CODES.values())[n % 5]}" for n, one in enumerate(records)]
    (folder / "labels.csv").write_text("id,category\n" + "\n".join(rows) + "\n")
    settings = load_settings(
        model__name="fake", embedding__model="hash", naming__show=("request",), layout__method="pca"
    )
    clioscope.build(chats, base / "atlas", settings)
    return base


@pytest.fixture
def quick(tmp_path, monkeypatch, request):
    """Run an experiment quickly with the hashing encoder: results and report."""

    def go(name, *, data=None, models=(), atlas=None, folder=None, seeds=2, embedders=("hash",)):
        if folder is not None:
            monkeypatch.setenv("CLIOSCOPE_DATA", str(folder))
        one = experiments.get(name)
        bench = Bench(data or one.data[0], True, seeds, embedders, models, atlas)
        try:
            found = run(one, bench)
        finally:
            bench.close()
        made = report.write(one, bench, found, f"clioscope experiment {name} --quick", tmp_path, 1)
        assert json.loads((made.folder / "facts.json").read_text())["conclusion"] == made.conclusion
        assert made.conclusion and "nan" not in made.conclusion
        assert list(made.folder.glob("plot*.svg"))
        return found

    return go


@pytest.fixture(scope="session")
def tiny(tmp_path_factory):
    """A Qwen2 of two layers with random weights and a tokenizer of bytes."""
    pytest.importorskip("transformers", reason="the extra [local] is not installed")
    return save_tiny(tmp_path_factory.mktemp("tiny"))
