"""The commands as a user types them."""

import json

import polars as pl
import pytest
from commands import FAKE, run_cli, run_process
from conftest import make_records, write_jsonl

import clioscope


def test_help_names_every_command():
    said = run_cli("--help").stdout
    for command in ("build", "show", "export", "assign", "publish", "models"):
        assert command in said


@pytest.mark.parametrize("command", ["build", "show", "export", "assign", "publish", "models"])
def test_every_command_has_help(command):
    found = run_cli(command, "--help")
    assert found.returncode == 0
    assert "Usage" in found.stdout


def test_the_result_says_once_what_was_left_out(tmp_path):
    rows = make_records(8)
    for row in rows[:3]:
        row["created_at"] = "05/10/2024"
    found = run_cli("build", write_jsonl(tmp_path / "in.jsonl", rows), "--out", tmp_path / "atlas", *FAKE[:-1])
    assert "8 conversations in" in found.stderr
    assert found.stderr.count("3 records used with something left out or changed (rejected.jsonl)") == 1
    assert "records rejected" not in found.stderr


def test_show_prints_the_tree(atlas):
    said = run_cli("show", atlas, "--ids", "--describe").stdout
    tree = pl.read_parquet(atlas / "tree.parquet")
    assert all(group in said for group in tree["group"])
    assert "60 conversations" in said and "distinct" not in said
    name = tree.sort("level")["name"][0]
    assert name in run_cli("show", atlas, "--group", name, check=True).stdout
    assert run_cli("show", atlas, "--depth", "1").stdout.count("█") < said.count("█") or tree["level"].max() == 0


def test_show_prints_what_the_build_took(atlas, chats, tmp_path):
    said = run_cli("show", atlas, "--profile").stdout
    assert all(word in said for word in ("stage", "rows/s", "peak MB", "written MB", "facets", "layout", "all"))
    assert "█" not in said
    found = run_cli("build", chats, "--out", tmp_path / "made", *FAKE, "--profile")
    assert found.returncode == 0 and "peak MB" in found.stderr and found.stdout == ""


def test_export_writes_every_format(atlas, tmp_path):
    for suffix in ("md", "csv", "json", "parquet"):
        assert run_cli("export", atlas, tmp_path / f"report.{suffix}").returncode == 0
    groups = pl.read_parquet(atlas / "tree.parquet").height
    assert pl.read_csv(tmp_path / "report.csv").height == groups
    assert pl.read_parquet(tmp_path / "report.parquet")["share"].max() <= 1
    nested = json.loads((tmp_path / "report.json").read_text())
    count = 0
    rest = list(nested["groups"])
    while rest:
        count += 1
        rest += rest.pop()["children"]
    assert count == groups
    assert (tmp_path / "report.md").read_text().startswith("# What the conversations are about")


def test_errors_are_one_sentence_without_a_traceback(atlas, chats, tmp_path):
    for words in (
        ("show", tmp_path / "nothing"),
        ("build", tmp_path / "nothing.jsonl"),
        ("build", chats, "--model", "no-such-model", "--out", tmp_path / "x"),
        ("build", chats, "--method", "magic", "--out", tmp_path / "x", "--model", "fake", "--embedder", "hash"),
        ("build", chats, "--set", "clustering.neighbours=none", "--out", tmp_path / "x"),
        ("build", chats, "--no-llm", "--model", "fake"),
        ("export", atlas, tmp_path / "report.docx"),
        ("show", atlas, "--group", "g0"),
        ("publish", atlas, tmp_path / "public", "--min-conversations", "1000"),
    ):
        found = run_cli(*words)
        assert found.returncode == 1, words
        assert "Traceback" not in found.stderr
        *progress, last = found.stderr.strip().splitlines()
        assert last.startswith("clioscope: "), found.stderr
        assert all(line.startswith("conversations ") for line in progress), found.stderr


def test_a_copy_of_what_nobody_is_known_to_have_written_says_so(tmp_path):
    records = [{"messages": [{"role": "user", "content": f"Bake bread with {n} eggs at home"}]} for n in range(30)]
    run_cli("build", write_jsonl(tmp_path / "in.jsonl", records), "--out", tmp_path / "atlas", *FAKE, check=True)
    low = ("--min-conversations", "1", "--unaudited")
    refused = run_cli("publish", tmp_path / "atlas", tmp_path / "public", *low)
    assert refused.returncode == 1 and "--user-column NAME" in refused.stderr and "--each-a-user" in refused.stderr
    assert refused.stderr.count("\n") == 1
    low = (*low, "--min-users", "1", "--each-a-user")
    said = "Counted as if every conversation were another person."
    assert said in run_cli("publish", tmp_path / "atlas", tmp_path / "public", *low, check=True).stdout
    assert said in run_cli("show", tmp_path / "public", check=True).stdout.splitlines()[0]
    run_cli("publish", tmp_path / "atlas", tmp_path / "other", *low, "--word-users", "99", check=True)
    assert clioscope.open(tmp_path / "other").manifest["settings"]["privacy"]["word_users"] == 99
    assert said not in run_cli("show", tmp_path / "atlas", check=True).stdout


def test_dry_run_says_what_it_would_cost_and_does_nothing(chats, tmp_path):
    found = run_cli(
        "build",
        chats,
        "--out",
        tmp_path / "a",
        *FAKE,
        "--dry-run",
        "--set",
        "model.price_in=1",
        "--set",
        "model.price_out=2",
    )
    assert "60 distinct" in found.stdout
    assert "prompt tokens" in found.stdout
    assert not (tmp_path / "a").exists()
    assert not (tmp_path / "a.building").exists()
    none = run_cli("build", chats, "--out", tmp_path / "a", "--no-llm", "--embedder", "hash", "--dry-run", check=True)
    assert none.stdout.splitlines()[-2:] == ["encoder: hash", "no language model is asked"]


def test_the_module_is_the_command():
    assert run_process("--version").stdout.strip() == clioscope.__version__


def test_a_dear_build_wants_a_yes(chats, tmp_path):
    dear = ("--set", "model.price_in=100000", "--set", "model.confirm_above=1")
    refused = run_cli("build", chats, "--out", tmp_path / "a", *FAKE, *dear)
    assert refused.returncode == 1
    assert "--yes" in refused.stderr
    assert run_cli("build", chats, "--out", tmp_path / "a", *FAKE, *dear, "--yes").returncode == 0


def test_assign_writes_a_table(atlas, chats, tmp_path):
    found = run_cli("assign", atlas, chats, "--to", tmp_path / "new.csv", "--quiet")
    assert pl.read_csv(tmp_path / "new.csv")["known"].all()
    assert "60 records of 60 conversations, 60 of them known to the atlas; 0 refused" in found.stderr
