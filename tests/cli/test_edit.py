"""clioscope edit, as a user types it."""

import json
import shutil

import polars as pl
import pytest
from commands import run_cli

import clioscope


@pytest.fixture
def atlas(finished, tmp_path):
    shutil.copytree(finished.path, tmp_path / "atlas")
    return clioscope.open(tmp_path / "atlas")


def base(atlas):
    return atlas.tree.filter(atlas.tree["level"] == 0)["group"].to_list()


def test_edits_are_done_listed_undone_and_shown(atlas):
    groups = base(atlas)
    path = atlas.path
    said = run_cli("edit", path, "--author", "Анна", "rename", groups[0], "Хлеб и тесто", "--vouch", check=True)
    assert groups[0] in said.stdout and "Хлеб и тесто" in said.stdout
    assert "Хлеб и тесто" in run_cli("show", path, check=True).stdout
    said = run_cli("edit", path, "--json", "merge", "Хлеб и тесто", groups[1], "--name", "Both", "--vouch", check=True)
    found = json.loads(said.stdout)
    assert [one["name"] for one in found["changed"] if one["name"] == "Both"] and set(groups[:2]) <= set(found["gone"])
    listed = run_cli("edit", path, "--list", check=True).stdout
    assert "Анна  rename" in listed and "'Хлеб и тесто'" in listed
    run_cli("edit", path, "undo", check=True)
    run_cli("edit", path, "hide", groups[1], check=True)
    assert "1 group with" in run_cli("show", path, check=True).stdout
    states = [one["state"] for one in json.loads(run_cli("edit", path, "--json", check=True).stdout)]
    assert states == ["applied", "undone", "applied"]
    run_cli("edit", path, "hide", groups[1], "--off", check=True)
    run_cli("edit", path, "split", groups[2], "--into", "2", "--method", "ward", check=True)
    run_cli("edit", path, "move", "top", "--group", groups[0], check=True)
    run_cli("edit", path, "note", groups[0], "for the team", check=True)
    assert len(json.loads(run_cli("edit", path, "--json", "history", check=True).stdout)) == 7


def test_a_withheld_name_that_no_edit_changed_is_not_listed(atlas):
    groups, path = base(atlas), atlas.path / "tree.parquet"
    tree = pl.read_parquet(path)
    action = pl.when(pl.col("group") == groups[1]).then(pl.lit("withheld")).otherwise("action")
    tree.with_columns(action=action).write_parquet(path)
    said = run_cli("edit", atlas.path, "pin", groups[0], check=True)
    assert groups[1] not in said.stdout and "withheld" not in said.stdout


def test_errors_are_one_sentence(atlas):
    group = base(atlas)[0]
    for words, why in (
        (("rename", "nothing", "x"), "there is no group 'nothing'"),
        (("split", group), "say one way to split"),
        (("move", "top"), "give either --group or --conversation"),
        (("undo",), "nothing to undo"),
        (("colour", group, "blue"), "is no colour"),
    ):
        done = run_cli("edit", atlas.path, *words)
        assert done.returncode == 1 and why in done.stderr and done.stderr.count("\n") == 1
    assert "There are no edits." in run_cli("edit", atlas.path, check=True).stdout
    assert "merge" in run_cli("edit", "--help", check=True).stdout


def test_help_needs_no_atlas(tmp_path):
    for words in (("edit", tmp_path / "nowhere", "merge", "--help"), ("edit", "merge", "--help")):
        done = run_cli(*words, check=True)
        assert "Two or more groups of one level" in done.stdout
    assert "Folder of the atlas" in run_cli("edit", tmp_path / "nowhere", "--help", check=True).stdout
    assert run_cli("edit", tmp_path / "nowhere").returncode == 1


def test_views_are_saved_and_listed_for_scripts(atlas):
    assert "no saved views" in run_cli("edit", atlas.path, "views", check=True).stdout
    run_cli("edit", atlas.path, "view-save", "Bread", "#sort=share", "--note", "ask\nthe baker", check=True)
    run_cli("edit", atlas.path, "--author", "Ann", "view-change", "Bread", "--name", "Rye", check=True)
    (view,) = json.loads(run_cli("edit", atlas.path, "views", "--json", check=True).stdout)
    assert {name: view[name] for name in ("name", "address", "author")} == {
        "name": "Rye",
        "address": "sort=share",
        "author": "Ann",
    }
    assert run_cli("edit", atlas.path, "views", check=True).stdout.splitlines()[1:] == ["    ask", "    the baker"]
    failed = run_cli("edit", atlas.path, "view-save", "rye", "#sort=size")
    assert failed.returncode == 1 and "there is a view 'rye' already" in failed.stderr
    run_cli("edit", atlas.path, "view-delete", "Rye", check=True)
    assert run_cli("edit", atlas.path, "view-delete", "Rye").returncode == 1
