"""After forgetting, nothing of a person is in any byte of the atlas, and the atlas is whole."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from commands import run_cli
from conftest import make_records, write_jsonl

import clioscope
from clioscope.atlas.views import read_views
from clioscope.edits.views import save_view
from clioscope.errors import AtlasError
from clioscope.explorer.stored import FOLDER, ViewFolder, stored_view
from clioscope.files.search import Searcher
from clioscope.models.store import Store
from clioscope.settings import PrivacySettings, load_settings

NAME = "Zephyrine Quillfeather"
MAIL = "zephyrine.q@example.org"
USER = "user-zephyrine"


def records() -> list[dict]:
    """60 conversations, of which USER wrote four: three of her own, and a copy of another person's."""
    made = make_records(60)
    for number in (7, 22, 37):
        record = made[number]
        record["user_id"] = USER
        record["id"] = f"zephyrine-{number}"
        record["messages"][0]["content"] += f" I am {NAME}, write to {MAIL} about orchid{number}grafting."
    copy = dict(made[12], id="zephyrine-copy", user_id=USER)
    return [*made, copy]


@pytest.fixture(scope="session")
def whole(tmp_path_factory):
    """An atlas with transcripts, of which a group is named after what USER wrote."""
    home = tmp_path_factory.mktemp("whole")
    settings = load_settings(
        model__name="fake",
        embedding__model="hash",
        layout__method="pca",
        clustering__method="kmeans",
        clustering__clusters=6,
        hierarchy__top=3,
        facets__ask=40,
        input__keep_transcripts=True,
        naming__show=("request",),
    )
    atlas = clioscope.build(write_jsonl(home / "chats.jsonl", records()), home / "atlas", settings)
    hers = atlas.occurrences.filter(pl.col("record").str.starts_with("zephyrine-"))["conversation"].to_list()
    group = atlas.clusters.filter(pl.col("conversation") == hers[0])["group"][0]
    for name in ("tree", "unaudited"):
        table = atlas.table(name)
        named = pl.when(pl.col("group") == group).then(pl.lit(f"Letters of {NAME}")).otherwise("name").alias("name")
        table.with_columns(named).write_parquet(atlas.path / f"{name}.parquet")
    other = next(one for one in atlas.tree.filter(pl.col("level") == 0)["group"] if one != group)
    edited = clioscope.open(atlas.path).edit.note(other, f"ask {NAME} about this")
    edited.edit.pin(other)
    save_view(atlas, "All", "sort=share")
    save_view(atlas, "Hers", f"is.mail={MAIL.replace('@', '%40')}")
    save_view(atlas, "Asked", "sort=share", f"as {NAME} said")
    (atlas.path / "page.html").write_text("an old page")
    with (atlas.path / "rejected.jsonl").open("a") as file:
        file.write(json.dumps({"file": "chats.jsonl", "line": 1, "reason": f"the date of {USER} is odd"}) + "\n")
    return home


@pytest.fixture
def home(whole, tmp_path):
    """A copy of it; the path of the input in its manifest is that of the original."""
    shutil.copytree(whole / "atlas", tmp_path / "atlas")
    return tmp_path


def check_whole(atlas) -> None:
    """Sizes, rows and shares of an atlas agree with one another."""
    count = atlas.facets.height
    assert len(atlas.vectors) == len(atlas.plain) == atlas.clusters.height == atlas.layout.height == count
    assert np.allclose(np.linalg.norm(atlas.vectors, axis=1), 1, atol=1e-3)
    assert atlas.conversations["count"].sum() == atlas.occurrences.height == atlas.manifest["counts"]["analysed"]
    assert set(atlas.clusters["group"]) == set(atlas.manifest["base_groups"])
    assert len(atlas.centroids) == len(atlas.manifest["base_groups"])
    sizes = atlas.membership.group_by("group").agg(pl.len().alias("size"), pl.col("count").sum().alias("all"))
    rows = atlas.tree.join(sizes, on="group")
    assert rows.height == atlas.tree.height
    assert (rows["conversations"] == rows["size"]).all() and (rows["count"] == rows["all"]).all()
    assert set(atlas.table("shares")["group"]) == {"", *atlas.tree["group"]}
    near = atlas.array("smooth_near")
    assert near.max() < count


def test_a_user_is_gone_from_every_byte(home):
    before = clioscope.open(home / "atlas")
    users = before.occurrences["user"].n_unique()
    assert {trace.text for trace in Searcher([NAME, MAIL]).in_folder(before.path)} == {NAME, MAIL}
    stored_view(before, ViewFolder(before))
    done = clioscope.forget(before, user=USER)
    atlas = done.atlas
    assert not (atlas.path / FOLDER).exists(), "files of the page show the atlas as it was"
    assert (done.records, done.conversations, done.traces) == (4, 3, [])
    assert done.searched > 10
    assert Searcher([NAME, MAIL, USER, "Zephyrine", "zephyrine-7", "zephyrine-copy"]).in_folder(atlas.path) == []
    check_whole(atlas)
    assert atlas.occurrences.height == 60 - 3 and atlas.occurrences["user"].n_unique() == users - 1
    assert before.path.with_name("atlas.building").exists() is False
    assert not (atlas.path / "page.html").exists()
    assert any("Letters" not in name for _, name in done.renamed) and "Letters of" not in " ".join(atlas.tree["name"])
    assert [one["op"] for one in atlas.edit.history()] == ["pin"], "the note that names her is gone, the pin is not"
    assert [view.name for view in read_views(atlas.path)] == ["All"]
    with Store(atlas.path / "answers.sqlite") as store:
        assert 0 < store.counts()["answers"] < 60
    copied = atlas.conversations.join(atlas.occurrences, on="conversation", how="anti")
    assert copied.is_empty() and atlas.manifest["forgotten"][0]["records"] == 4


def test_the_atlas_goes_on_living(home):
    atlas = clioscope.forget(home / "atlas", user=USER).atlas
    new = write_jsonl(
        home / "new.jsonl", [dict(one, id=f"n{place}") for place, one in enumerate(make_records(70)[60:])]
    )
    assert clioscope.assign(atlas, new).table.height == 10
    updated = clioscope.update(atlas, new)
    assert [view.name for view in read_views(updated.path)] == ["All"]
    assert updated.occurrences.height == 67


@pytest.mark.parametrize("by", ["record", "conversation"])
def test_a_conversation_is_gone(home, by):
    before = clioscope.open(home / "atlas")
    row = before.occurrences.filter(pl.col("record") == "zephyrine-22")
    done = clioscope.forget(before, conversation=row[by][0], ask_model=False)
    assert (done.records, done.conversations, done.traces) == (1, 1, [])
    check_whole(done.atlas)
    found = Searcher(["orchid22grafting", "orchid7grafting", row["conversation"][0]]).in_folder(done.atlas.path)
    assert {trace.text for trace in found} == {"orchid7grafting"}


def test_raw_text_is_gone_and_the_groups_are_not(home):
    before = clioscope.open(home / "atlas")
    names, rows = before.tree["name"].to_list(), before.clusters
    done = clioscope.forget(before, raw=True)
    assert done.traces == [] and done.searched > 10
    assert not (done.atlas.path / "transcripts.parquet").exists()
    assert done.atlas.facets["request"].null_count() == done.atlas.facets.height
    with Store(done.atlas.path / "answers.sqlite") as store:
        assert store.counts()["answers"] == 0
    assert done.atlas.tree["name"].to_list() == names and done.atlas.clusters.equals(rows)
    assert run_cli("show", done.atlas.path).returncode == 0


def test_raw_text_expires(tmp_path, fake, chats):
    settings = fake.model_copy(update={"privacy": fake.privacy.model_copy(update={"keep_raw_days": 30})})
    settings = settings.model_copy(update={"input": fake.input.model_copy(update={"keep_transcripts": True})})
    atlas = clioscope.build(chats, tmp_path / "atlas", settings)
    assert atlas.manifest["raw_until"][:4].isdigit()
    assert clioscope.forget(atlas, only_expired=True).searched == 0
    assert (atlas.path / "transcripts.parquet").exists()
    manifest = json.loads((atlas.path / "manifest.json").read_text()) | {"raw_until": "2020-01-01T00:00:00+00:00"}
    (atlas.path / "manifest.json").write_text(json.dumps(manifest))
    done = clioscope.forget(atlas.path, only_expired=True)
    assert not (atlas.path / "transcripts.parquet").exists() and done.atlas.manifest["raw_until"] is None


KILLED = """
import os, signal, sys
from clioscope.pipeline.forgetting import forget as module
from clioscope.pipeline import folder
place = sys.argv[3]
def dying(*args, **more):
    os.kill(os.getpid(), signal.SIGKILL)
if place == "exchange":
    before = os.rename
    def half(*paths):
        before(*paths)
        dying()
    folder.os.rename = half
else:
    setattr(module, place, dying)
module.forget(sys.argv[1], user=sys.argv[2])
"""


@pytest.mark.slow
@pytest.mark.parametrize("place", ["drop_rows", "write_groups", "clean_edits", "drop_pages", "exchange"])
def test_killed_half_way_the_atlas_is_whole_and_a_second_run_completes(home, place):
    command = [sys.executable, "-c", KILLED, str(home / "atlas"), USER, place]
    killed = subprocess.run(command, env=dict(os.environ), capture_output=True, text=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    if place != "exchange":
        check_whole(clioscope.open(home / "atlas"))
    done = clioscope.forget(home / "atlas", user=USER)
    assert (done.records, done.traces) == (4, [])
    check_whole(done.atlas)
    assert not Path(f"{home / 'atlas'}.building").exists()


def test_it_says_what_it_cannot_do(home):
    atlas = home / "atlas"
    with pytest.raises(AtlasError, match="say what to forget"):
        clioscope.forget(atlas)
    with pytest.raises(AtlasError, match="hold no conversation of user 'nobody'"):
        clioscope.forget(atlas, user="nobody")
    with pytest.raises(AtlasError, match="holds nothing of conversation 'none'"):
        clioscope.forget(atlas, conversation="none")


def test_the_command_proves_it_and_fails_where_something_is_left(home):
    done = run_cli("forget", home / "atlas", "--user", USER, check=True)
    assert "4 records are forgotten, and 3 conversations with them." in done.stdout
    assert "none is there" in done.stdout


def test_a_trace_in_a_file_of_the_user_is_told(home):
    (home / "atlas" / "my notes.txt").write_text(f"call {NAME} <{MAIL}>")
    done = run_cli("forget", home / "atlas", "--user", USER)
    assert done.returncode == 1
    assert "my notes.txt" in done.stdout and MAIL in done.stdout


def test_the_record_of_what_was_published_holds_nothing_of_her_and_a_later_copy_does_not_tell(home):
    privacy = PrivacySettings(min_conversations=6, min_users=3, rounding=1, word_users=1)
    before = clioscope.open(home / "atlas")
    hers = before.occurrences.filter(pl.col("record").str.starts_with("zephyrine-"))["conversation"].to_list()
    first = clioscope.publish(before, home / "first", privacy, unaudited=True)
    assert set(hers) <= set(before.table("published_rows")["conversation"])
    done = clioscope.forget(before, user=USER, ask_model=False)
    assert done.traces == []
    rows, cells = done.atlas.table("published_rows"), done.atlas.table("published_cells")
    gone = set(hers) - set(done.atlas.occurrences["conversation"])
    assert len(gone) == 3 and not gone & set(rows["conversation"])
    assert Searcher(sorted(gone)).in_folder(done.atlas.path) == []
    assert cells.equals(pl.read_parquet(home / "atlas" / "published_cells.parquet"))
    second = clioscope.publish(done.atlas, home / "second", privacy, unaudited=True)
    sizes = [dict(one.tree.select("group", "count").iter_rows()) for one in (first, second)]
    same = sizes[0].keys() & sizes[1].keys()
    assert same and {group: sizes[1][group] for group in same} == {group: sizes[0][group] for group in same}
    assert NAME not in str(second.tree.rows())
