"""clioscope update and clioscope changes, as a user runs them."""

import json

import pytest
from commands import FAKE
from commands import run_cli as run
from conftest import write_jsonl
from streams import stream

TOPICS = ("bread", "python", "travel")


@pytest.mark.slow
def test_a_week_is_added_and_told(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_jsonl(tmp_path / "week1.jsonl", stream(1, TOPICS, 10))
    write_jsonl(tmp_path / "week2.jsonl", stream(2, TOPICS, 4))
    assert run("build", "week1.jsonl", "--out", "atlas", *FAKE).returncode == 0
    done = run("update", "atlas", "week2.jsonl")
    assert done.returncode == 0, done.stderr
    assert "42 conversations" in done.stdout
    told = run("changes", "atlas")
    assert told.returncode == 0 and "groups are steady" in (told.stdout + told.stderr)
    rows = json.loads(run("changes", "atlas", "--json").stdout)
    assert {"group", "kind", "share_now", "low", "high", "q"} <= set(rows[0])
    after = run("build", "week2.jsonl", "--out", "next", "--after", "atlas", *FAKE)
    assert after.returncode == 0, after.stderr
    assert run("changes", "next", "atlas").returncode == 0


def test_without_an_earlier_atlas_it_says_what_to_do(finished) -> None:
    told = run("changes", str(finished.path))
    assert told.returncode == 1 and "build with --after" in (told.stdout + told.stderr)
