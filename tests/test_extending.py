"""The page on extending: its parts are registered and checked as it says, and then used by a build and a measure."""

import json
import re
from pathlib import Path

import pytest
from conftest import make_records

import clioscope
from clioscope.settings import load_settings
from clioscope.testing import KINDS, registries, trial

PAGE = Path(__file__).parent.parent / "docs" / "extending.md"
BLOCKS = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


@pytest.fixture
def shown():
    """The names that the page registers, by kind."""
    with trial():
        before = {kind: set(registry.registered()) for kind, registry in registries().items()}
        for block in BLOCKS:
            exec(block, {"__name__": "extending_page"})
        yield {kind: set(registry.registered()) - before[kind] for kind, registry in registries().items()}


def test_there_is_one_part_of_each_kind_in_about_ten_lines(shown) -> None:
    assert len(BLOCKS) == len(KINDS)
    assert max(block.count("\n") for block in BLOCKS) <= 22
    for kind in KINDS:
        ours = set(registries()[kind].shipped())
        assert len(shown[kind] - ours) == 1, kind
        assert f"check_{kind[:-1]}(" in "".join(BLOCKS), kind


def test_a_build_and_a_measure_use_them(shown, tmp_path) -> None:
    records = [
        {"id": one["id"], "posts": [{"guest": True, "text": one["messages"][0]["content"]}]} for one in make_records(60)
    ]
    (tmp_path / "forum.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
    settings = load_settings(
        model__name="echo:any",
        embedding__model="letters",
        clustering__method="largest",
        layout__method="random",
        facets__use=("request", "question_marks"),
    )
    atlas = clioscope.build(tmp_path / "forum.jsonl", tmp_path / "atlas", settings)
    assert atlas.conversations.height == 60
    assert atlas.facets["question_marks"].sum() > 0
    assert atlas.vectors.shape[1] == 26
    assert atlas.manifest["settings"]["clustering"]["method"] == "largest"
    measured = clioscope.measure(atlas, stability=False)
    assert "largest_share" in set(measured.table["metric"])


def test_an_experiment_of_the_page_runs_as_a_command(shown, tmp_path, monkeypatch) -> None:
    from typer.testing import CliRunner

    from clioscope.cli import app

    words = ["experiment", "rows", "--quick", "--embedder", "hash", "--out", str(tmp_path), "--cache", str(tmp_path)]
    monkeypatch.setattr("sys.argv", ["clioscope", *words])
    told = CliRunner().invoke(app, [*words, "--quiet"])
    assert told.exit_code == 0, told.output
    assert "Best: 20 rows." in told.output


def test_every_kind_is_in_its_table_with_its_entry_point_group() -> None:
    text = PAGE.read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| ") and "check_" in line]
    assert [row.split("|")[1].strip() for row in rows] == [kind[:-1] for kind in KINDS]
    assert set(re.findall(r'"clioscope\.(\w+)"', text)) <= set(KINDS)
