"""Updates: what is new is added at its own cost, and the atlas stays itself."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import polars as pl
import pytest
from conftest import write_jsonl
from streams import TOPICS, stream, tables

import clioscope
from clioscope.errors import AtlasError, InputError
from clioscope.settings import load_settings

SIX = tuple(TOPICS)[:6]
PLAIN = {"embedding__model": "hash", "layout__method": "pca", "clustering__clusters": 6, "hierarchy__top": 2}


def without_model(**settings):
    return load_settings(model__name="none", **PLAIN | settings)


@pytest.fixture(scope="module")
def atlas(tmp_path_factory):
    """180 conversations on six topics, without a model."""
    folder = tmp_path_factory.mktemp("before")
    return clioscope.build(write_jsonl(folder / "old.jsonl", stream(1, SIX, 30)), folder / "atlas", without_model())


@pytest.fixture(scope="module")
def updated(atlas, tmp_path_factory):
    """The atlas with 30 more conversations on three topics, 5 that it had, and 20 on a new topic."""
    folder = tmp_path_factory.mktemp("updated")
    again = [dict(record, id=f"again{number}") for number, record in enumerate(stream(1, SIX, 30)[:5])]
    records = [*again, *stream(2, SIX[:3], 10), *stream(2, ("chess",), 20)]
    before = {path.name: path.read_bytes() for path in atlas.path.iterdir() if path.is_file()}
    made = clioscope.update(atlas, write_jsonl(folder / "new.jsonl", records), folder / "atlas")
    assert {path.name: path.read_bytes() for path in atlas.path.iterdir() if path.is_file()} == before
    return made


def topic(atlas) -> pl.DataFrame:
    """conversation and topic, told by the records' order in the stream."""
    import itertools

    names = {}
    for number, (name, _) in enumerate(itertools.product(SIX, range(30))):
        names[f"w1-{number}"] = name
    for number, (name, _) in enumerate(itertools.product(SIX[:3], range(10))):
        names[f"w2-{number}"] = name
    rows = atlas.occurrences.filter(pl.col("record").is_in(list(names))).select("conversation", "record")
    return rows.with_columns(topic=pl.col("record").replace_strict(names)).unique("conversation")


def test_counts_users_and_sources_are_right(atlas, updated) -> None:
    assert updated.conversations.height == updated.clusters.height == updated.facets.height == 230
    assert updated.conversations["count"].sum() == 235
    base = updated.tree.filter(pl.col("level") == 0)
    assert base["count"].sum() == 235 and base["conversations"].sum() == 230
    counts = updated.manifest["counts"]
    assert (counts["records"], counts["analysed"], counts["conversations"]) == (235, 235, 230)
    assert counts["groups"] == updated.tree.height
    assert len(updated.manifest["sources"]) == 2
    assert updated.manifest["updates"][0] | {"finished": ""} == {
        "finished": "",
        "fresh": 50,
        "known": 5,
        "unfitting": updated.manifest["updates"][0]["unfitting"],
        "candidates": 1,
        "split": 0,
    }
    users = updated.occurrences["user"]
    assert users.n_unique() == 13, "the thirteen users of both files are the same people"
    both = updated.occurrences.group_by("user").agg(pl.col("record").str.slice(0, 2).n_unique())
    assert both["record"].min() == 2 or both["record"].max() >= 2
    known = updated.conversations.join(atlas.conversations, on="conversation", suffix="_before")
    assert (known["count"] - known["count_before"]).sum() == 5


def test_rows_are_in_order_and_arrays_fit_them(updated) -> None:
    ids = updated.conversations["conversation"]
    assert ids.is_sorted()
    for name in ("facets", "clusters", "layout", "answers", "asked", "probabilities"):
        assert updated.table(name)["conversation"].equals(ids), name
    vectors = updated.vectors
    assert vectors.shape[0] == 230
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)
    for name in ("texts", "text_keys", "plain", "smooth_near", "smooth_weights", "chances", "said"):
        assert len(updated.array(name)) == 230, name
    assert updated.array("smooth_near").max() < 230
    assert np.isfinite(updated.layout.select("x", "y").to_numpy()).all()


def test_old_conversations_have_the_vectors_that_they_had(atlas, updated) -> None:
    rows = updated.clusters["conversation"].is_in(atlas.clusters["conversation"].implode()).to_numpy()
    np.testing.assert_allclose(updated.vectors[rows], atlas.vectors, atol=1e-6)
    old, new = atlas.clusters, updated.clusters.filter(pl.Series(rows))
    assert old.select("conversation", "group", "margin").equals(new.select("conversation", "group", "margin"))


def test_what_fits_is_assigned_and_names_stay(atlas, updated) -> None:
    names = dict(atlas.tree.select("group", "name").iter_rows())
    now = dict(updated.tree.select("group", "name").iter_rows())
    assert names.items() <= now.items()
    told = updated.clusters.join(topic(updated), on="conversation")
    usual = told.filter(pl.col("record").str.starts_with("w1")).group_by("group").agg(pl.col("topic").mode().first())
    new = told.filter(pl.col("record").str.starts_with("w2")).join(usual, on="group", suffix="_of_group")
    assert new.height >= 26 and (new["topic"] == new["topic_of_group"]).mean() > 0.9


def test_a_new_topic_becomes_a_candidate_and_is_told_as_new(updated) -> None:
    candidate = updated.tree.filter("candidate")
    assert candidate.height == 1 and candidate["parent"].item() is None
    assert candidate["conversations"].item() >= 18
    assert any(word in candidate["name"].item().lower() for word in ("pawn", "chess", "opening", "queen"))
    changes = clioscope.changes(updated)
    assert candidate["group"].item() in changes.filter(pl.col("kind") == "new")["group"].to_list()


def test_shares_hold_every_group(updated) -> None:
    shares = updated.table("shares")
    assert set(updated.tree["group"]) <= set(shares["group"])
    whole = shares.filter(pl.col("group") == "", pl.col("facet") == "language")
    assert whole["count"].unique().to_list() == [235]


def test_assign_and_readers_work_on_it(updated, tmp_path) -> None:
    again = write_jsonl(tmp_path / "again.jsonl", stream(2, SIX[:1], 3))
    table = updated.assign(again).table
    assert table["known"].all()
    new = updated.assign(write_jsonl(tmp_path / "next.jsonl", stream(3, SIX[:2], 5))).table
    assert new.height == 10 and not new["known"].any()


def test_the_same_file_once_more_changes_nothing(updated, tmp_path) -> None:
    source = updated.manifest["sources"][1]["path"]
    again = clioscope.update(updated, source, tmp_path / "again")
    assert again.manifest["updates"][-1]["fresh"] == 0
    mine, old = tables(again.path), tables(updated.path)
    assert {name for name in old if mine[name] != old[name]} == set()
    assert set(again.table("lineage")["fate"]) == {"continued"}


def test_in_place_it_is_the_same_and_killed_half_way_the_old_atlas_is_whole(atlas, updated, tmp_path) -> None:
    shutil.copytree(atlas.path, tmp_path / "atlas")
    new = updated.manifest["sources"][1]["path"]
    code = (
        "import sys, clioscope, clioscope.pipeline.updating.work as work, time\n"
        "work.write_tree = lambda *a: time.sleep(600)\n"
        "clioscope.update(sys.argv[1], sys.argv[2])\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "atlas"), new])
    centroids = tmp_path / "atlas.building" / "clusters.parquet"
    while process.poll() is None and not (
        centroids.exists() and centroids.read_bytes() != (atlas.path / "clusters.parquet").read_bytes()
    ):
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert tables(tmp_path / "atlas") == tables(atlas.path)
    made = clioscope.update(tmp_path / "atlas", new)
    assert tables(made.path) == tables(updated.path)
    assert not (tmp_path / "atlas.building").exists()


def test_rebuild_builds_all_after_the_atlas(atlas, updated, tmp_path) -> None:
    new = updated.manifest["sources"][1]["path"]
    made = clioscope.update(atlas, new, tmp_path / "rebuilt", rebuild=True)
    assert made.conversations.height == 230 and "updates" not in made.manifest
    lineage = made.table("lineage").filter(pl.col("overlap") > 0.8, pl.col("fate") != "born")
    assert lineage.height >= 3 and lineage["kept_name"].all()
    later = clioscope.update(
        updated, write_jsonl(tmp_path / "w3.jsonl", stream(3, SIX, 2)), tmp_path / "l", rebuild=True
    )
    assert later.conversations.height == 242 and len(later.manifest["sources"]) == 3


def test_users_count_as_unknown_where_the_old_files_are_gone(atlas, tmp_path) -> None:
    shutil.copytree(atlas.path, tmp_path / "atlas")
    manifest = json.loads((tmp_path / "atlas" / "manifest.json").read_text())
    manifest["sources"][0]["path"] = str(tmp_path / "gone.jsonl")
    (tmp_path / "atlas" / "manifest.json").write_text(json.dumps(manifest))
    made = clioscope.update(tmp_path / "atlas", write_jsonl(tmp_path / "new.jsonl", stream(2, SIX, 2)))
    new = made.occurrences.filter(pl.col("record").str.starts_with("w2"))
    assert new.height == 12 and new["user"].null_count() == 12
    assert made.occurrences["user"].n_unique() == 14
    with pytest.raises(InputError, match="without --rebuild"):
        clioscope.update(made, tmp_path / "new.jsonl", tmp_path / "other", rebuild=True)


@pytest.mark.slow
def test_with_a_model_only_new_groups_are_named_and_nothing_is_asked_twice(tmp_path) -> None:
    from clioscope.models import fake

    settings = load_settings(**PLAIN | {"model__name": "fake"})
    old = clioscope.build(write_jsonl(tmp_path / "old.jsonl", stream(1, SIX, 12)), tmp_path / "old", settings)
    asked: list[str] = []
    complete = fake.FakeModel.complete

    async def noted(self, request):
        asked.append(request.item)
        return await complete(self, request)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fake.FakeModel, "complete", noted)
        new = write_jsonl(tmp_path / "new.jsonl", [*stream(2, SIX[:2], 6), *stream(2, ("chess",), 12)])
        made = clioscope.update(old, new, tmp_path / "made")
        groups = set(made.tree["group"]) - set(old.tree["group"])
        assert len(asked) <= 6 * len(groups)
        first = len(asked)
        clioscope.update(old, new, tmp_path / "made2", ask="all")
        assert len(asked) - first >= 24, "the new conversations are asked about"
    assert made.facets.height == old.facets.height + 24
    assert made.facets.filter(pl.col("asked")).height == old.facets.filter(pl.col("asked")).height
    all_asked = clioscope.open(tmp_path / "made2")
    assert all_asked.facets["asked"].all() and len(all_asked.array("chances")) == all_asked.facets.height


def test_a_published_atlas_takes_nothing(atlas, tmp_path) -> None:
    privacy = without_model().privacy.model_copy(update={"min_conversations": 1, "min_users": 1})
    clioscope.publish(atlas, tmp_path / "public", privacy, unaudited=True)
    with pytest.raises(AtlasError, match="published atlas"):
        clioscope.update(tmp_path / "public", atlas.manifest["sources"][0]["path"])
