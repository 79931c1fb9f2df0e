"""Every command has --json, or a reason to have none; and the document holds what the text says."""

import json
import shutil
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import polars as pl
import pytest
import typer
from commands import FAKE, run_cli
from conftest import make_records, write_jsonl

from clioscope.attack.guess import CHANCE, Guess
from clioscope.attack.target import made_targets
from clioscope.attack.trial import Attack, Outcome
from clioscope.cli import app
from clioscope.cli.document import as_values
from clioscope.cli.redteam import outcome_values

EXEMPT = {
    "explore": "serves a page until it is stopped",
    "mcp": "speaks JSON itself, message by message, on standard output",
    "export": "writes files, whose paths are given to it",
}


def every_command(command, name="", context=None) -> Iterator[tuple[str, set[str]]]:
    """Each command that does something by itself, with its options."""
    context = command.make_context(name or "clioscope", [], parent=context, resilient_parsing=True)
    inner = command.list_commands(context) if hasattr(command, "list_commands") else []
    if name and (not inner or command.invoke_without_command):
        yield name, {word for option in command.params for word in option.opts}
    for one in inner:
        yield from every_command(command.get_command(context, one), f"{name} {one}".strip(), context)


@pytest.fixture(scope="module")
def options() -> dict[str, set[str]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["clioscope", "any"])  # an overview would know no options
        return dict(every_command(typer.main.get_command(app)))


def test_every_command_has_json_or_a_reason(options) -> None:
    assert {"edit rename", "edit view-save", "models pull", "questions status", "facets try", "models"} <= set(options)
    lacking = {name for name, words in options.items() if "--json" not in words}
    assert lacking == set(EXEMPT), "give the new command --json (cli/document.py), or a reason here"


def test_the_page_lists_every_command(options) -> None:
    page = (Path(__file__).parents[2] / "docs" / "json.md").read_text(encoding="utf-8")
    listed = {name for name in options if f"`{name}`" in page}
    roots = {name.split()[0] for name in set(options) - set(EXEMPT)} - {"edit"}
    assert {name.split()[0] for name in listed} >= roots


class Pair(NamedTuple):
    one: float
    path: Path


def test_values_keep_their_numbers_and_names() -> None:
    table = pl.DataFrame({"share": [0.1, float("nan")]}, schema={"share": pl.Float32})
    at = datetime(2026, 3, 1, 12, tzinfo=UTC)
    found = as_values({"pair": Pair(1 / 3, Path("a/b")), "rows": table, "at": at, "set": {2, 1}, 3: float("inf")})
    assert found == {
        "pair": {"one": 1 / 3, "path": "a/b"},
        "rows": [{"share": 0.1}, {"share": None}],
        "at": "2026-03-01T12:00:00+00:00",
        "set": [1, 2],
        "3": None,
    }
    with pytest.raises(TypeError, match="object has no form in JSON"):
        as_values(object())


def test_what_a_file_holds(chats) -> None:
    found = said("inspect", chats, "--quiet")
    assert (found["read"], found["distinct"], found["rejected"]) == (60, 60, 0)
    assert found["formats"] == {"clioscope": 60} and found["dated"] == 60 and found["first"] < found["last"]
    assert found["languages"][0]["language"] == "en" and sum(one["share"] for one in found["languages"]) == 1
    assert {"record", "transcript"} == set(found["examples"][0])


def test_what_a_build_would_ask(chats, tmp_path) -> None:
    found = said("build", chats, "--out", tmp_path / "new", "--dry-run", *FAKE)
    assert found["conversations"] == 60 and found["calls"] > 60 and found["money"] is None


@pytest.mark.slow
def test_a_build_and_an_update(chats, tmp_path) -> None:
    out = tmp_path / "atlas"
    found = said("build", chats, "--out", out, "--profile", *FAKE)
    assert found["atlas"] == str(out) and found["counts"]["conversations"] == 60
    assert {"stage", "seconds", "rows", "memory", "written", "questions"} == set(found["stages"][0])
    assert found["stages"] == said("show", out, "--profile")
    more = write_jsonl(tmp_path / "more.jsonl", make_records(66)[60:])
    found = said("update", out, more, "--quiet")
    assert found["counts"]["conversations"] == 66 and (found["update"]["fresh"], found["update"]["known"]) == (6, 0)


def test_questions_that_wait(chats, tmp_path) -> None:
    out, file = tmp_path / "atlas", tmp_path / "q.jsonl"
    stopped = run_cli(
        "build", chats, "--out", out, "--model", "batch:tiny", "--embedder", "hash", "--ask", "5", "--json"
    )
    state = json.loads(stopped.stdout)
    stage = {"stage": "facets", "total": 5, "answered": 0, "lost": 0, "waiting": 5, "again": 0}
    assert stopped.returncode == 3 and state["stages"] == [stage] and state["waiting"] == 5
    assert state["next"].startswith("Next: clioscope questions export") and said("questions", "status", out) == state
    written = said("questions", "export", out, file)
    assert written["questions"] == 5 and written["files"][0]["path"] == str(file)
    (tmp_path / "a.jsonl").write_text("{oops\n")
    taken = said("questions", "import", out, tmp_path / "a.jsonl")
    assert (taken["lines"], taken["stored"], taken["waiting"]) == (1, 0, 5)
    assert taken["broken"][0]["line"] == 1 and taken["broken"][0]["path"] == str(tmp_path / "a.jsonl")


def test_the_tree_says_what_the_text_says(finished) -> None:
    found = said("show", finished.path, "--depth", "1")
    assert all(one["children"] == [] for one in found["groups"])
    text = run_cli("show", finished.path, check=True).stdout
    assert found["to_know"] and all(one in text for one in found["to_know"])
    assert found["shares"] and all(row["low"] <= row["share"] <= row["high"] for row in found["shares"])


def test_conversations_with_their_groups(finished, tmp_path) -> None:
    chats = finished.path.parent / "chats.jsonl"
    found = said("assign", finished.path, chats)
    assert found["known"] == len(found["rows"]) == sum(one["records"] for one in found["groups"]) == 60
    assert found["rows"][0]["record"] == "r0" and found["rows"][0]["group"] in {one["group"] for one in found["groups"]}
    found = said("assign", finished.path, chats, "--to", tmp_path / "new.csv")
    assert "rows" not in found and (tmp_path / "new.csv").exists()
    failed = run_cli("assign", finished.path, chats, "--batch")
    assert failed.returncode == 1 and failed.stderr.startswith("clioscope: --batch: give --to FILE")


def test_models_and_experiments() -> None:
    found = said("models")
    rows = {row["name"]: row for row in found["models"]}
    assert rows["all-MiniLM-L6-v2"]["kind"] == "encoder" and rows["all-MiniLM-L6-v2"]["bytes"] > 1e7
    assert all(row["cached"] in (True, False) for row in rows.values())
    listed = said("experiment", "list")
    assert {"name", "question", "needs", "costs", "data"} == set(listed[0]) and isinstance(listed[0]["data"], list)


def test_a_view_is_saved_and_deleted(finished, tmp_path) -> None:
    atlas = shutil.copytree(finished.path, tmp_path / "atlas")
    saved = said("edit", atlas, "view-save", "Bread", "#group=1", "--note", "look")
    assert saved["name"] == "Bread" and said("edit", atlas, "views") == [saved]
    assert said("edit", atlas, "view-delete", "Bread") == {"deleted": "Bread"}
    group = finished.tree["group"][0]
    assert said("edit", atlas, "rename", group, "Bread", "--vouch")["changed"][0]["name"] == "Bread"


def test_a_published_copy(finished, tmp_path) -> None:
    low = ("--min-conversations", "3", "--min-users", "1", "--word-users", "1")
    found = said("publish", finished.path, tmp_path / "public", *low)
    assert found["atlas"] == str(tmp_path / "public") and found["counts"]["groups"] > 0
    assert run_cli("surprises", tmp_path / "public", "--json").stdout == ""


def test_what_an_attack_had() -> None:
    first, second = made_targets(2)
    guesses = (Guess(first.illness, True), Guess((second.illness + 1) % 3, False))
    found = outcome_values(Outcome("ours", Attack("plain", 20, 5), (first, second), guesses, 4))
    assert (found["published"], found["targets"], found["named"], found["guessed"]) == ("as set", 2, 1, 1)
    assert found["low"] < found["above_chance"] == 0.5 - CHANCE < found["high"]


def test_an_error_is_one_sentence_and_no_document(tmp_path) -> None:
    for words in (("inspect", "gone"), ("questions", "status", "gone"), ("redteam", "gone"), ("models", "path", "no")):
        failed = run_cli(*words[:-1], tmp_path / words[-1], "--json")
        assert failed.returncode == 1 and failed.stdout == "" and failed.stderr.count("\n") == 1


def said(*words):
    """The document that a command prints, which is all that it prints on standard output."""
    done = run_cli(*words, "--json", check=True)
    assert "Traceback" not in done.stderr
    return json.loads(done.stdout)
