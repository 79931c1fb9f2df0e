"""Builds that follow an earlier atlas: ids, names, answers, and what became of the groups."""

import shutil

import polars as pl
import pytest
from conftest import make_records, write_jsonl
from streams import stream, tables

import clioscope
from clioscope.atlas.views import read_views
from clioscope.edits.views import save_view
from clioscope.errors import AtlasError
from clioscope.files.folders import MANIFEST
from clioscope.models.store import Store
from clioscope.settings import load_settings

SETTINGS = {
    "model__name": "fake",
    "embedding__model": "hash",
    "layout__method": "pca",
    "clustering__clusters": 8,
    "hierarchy__top": 3,
}


@pytest.fixture(scope="module")
def settings():
    return load_settings(**SETTINGS)


@pytest.fixture(scope="module")
def first(settings, tmp_path_factory):
    folder = tmp_path_factory.mktemp("first")
    return clioscope.build(write_jsonl(folder / "week1.jsonl", stream(1)), folder / "atlas", settings)


@pytest.fixture(scope="module")
def questions():
    """Counts the questions that reach the fake model."""
    from clioscope.models import fake

    count, complete = [0], fake.FakeModel.complete

    async def counted(self, request):
        count[0] += 1
        return await complete(self, request)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fake.FakeModel, "complete", counted)
        yield count


def test_unchanged_data_gives_an_unchanged_atlas_and_asks_nothing(first, settings, questions, tmp_path) -> None:
    again = clioscope.build(first.manifest["sources"][0]["path"], tmp_path / "again", settings, after=first.path)
    assert questions[0] == 0
    assert tables(again.path) == tables(first.path)
    lineage = again.table("lineage")
    assert set(lineage["fate"]) == {"continued"} and lineage["kept_name"].all()
    assert (lineage["overlap"] == 1).all() and lineage.height == again.tree.height
    assert again.manifest["after"]["path"] == str(first.path.resolve())
    with Store(again.path / "answers.sqlite") as mine, Store(first.path / "answers.sqlite") as old:
        assert mine.counts() == old.counts()
    assert not list(again.path.glob("before_*"))


def test_more_data_keeps_ids_and_names_and_asks_only_what_is_new(first, settings, questions, tmp_path) -> None:
    week2 = write_jsonl(tmp_path / "week2.jsonl", stream(2))
    both = [first.manifest["sources"][0]["path"], week2]
    questions[0] = 0
    plain = clioscope.build(both, tmp_path / "plain", settings)
    alone = questions[0]
    questions[0] = 0
    after = clioscope.build(both, tmp_path / "after", settings, after=first.path)
    assert 0 < questions[0] < alone / 1.7
    assert plain.clusters.select("conversation", "label").equals(after.clusters.select("conversation", "label"))
    lineage = after.table("lineage")
    same = lineage.filter(pl.col("overlap") > 0.8, pl.col("group").is_not_null(), pl.col("fate") != "born")
    assert same.height >= 6
    assert same["kept_name"].all() and set(same["group"]) <= set(first.tree["group"])
    before = dict(first.tree.select("group", "name").iter_rows())
    assert all(before[group] == name for group, name in same.select("group", "name").iter_rows())
    assert set(after.clusters["group"]) == set(after.tree.filter(pl.col("level") == 0)["group"])
    assert set(after.manifest["base_groups"]) == set(after.clusters["group"])


def test_five_weeks_of_one_stream_keep_their_groups(settings, tmp_path) -> None:
    """At least 95 % of the groups whose members overlap by more than .8 keep id and name."""
    weeks = [write_jsonl(tmp_path / f"week{week}.jsonl", stream(week)) for week in range(1, 6)]
    atlas = clioscope.build(weeks[0], tmp_path / "atlas1", settings)
    kept = seen = 0
    for week in range(2, 6):
        before = dict(atlas.tree.select("group", "name").iter_rows())
        old = atlas.membership.select("conversation", "group")
        atlas = clioscope.build(weeks[:week], tmp_path / f"atlas{week}", settings, after=atlas.path)
        now = dict(atlas.tree.select("group", "name").iter_rows())
        shared = old.filter(pl.col("conversation").is_in(atlas.clusters["conversation"].implode()))
        new = atlas.membership.select("conversation", "group").join(shared, on="conversation", how="semi")
        ones = {group: set(rows["conversation"]) for (group,), rows in shared.group_by("group")}
        others = {group: set(rows["conversation"]) for (group,), rows in new.group_by("group")}
        for group, members in ones.items():
            best = max(others.items(), key=lambda pair: len(pair[1] & members) / len(pair[1] | members))
            if len(best[1] & members) / len(best[1] | members) > 0.8:
                seen += 1
                kept += group in now and now[group] == before[group]
    assert seen >= 25
    assert kept / seen >= 0.95


def test_a_planted_birth_death_split_and_merge_are_told(tmp_path) -> None:
    settings = load_settings(**SETTINGS | {"clustering__clusters": 6, "hierarchy__levels": 1})
    old = stream(1, ("bread", "python", "travel", "poem", "excel", "garden"), each=20)
    gone = [record for record in old if "poem" not in record["messages"][0]["content"]]
    one = clioscope.build(write_jsonl(tmp_path / "old.jsonl", old), tmp_path / "one", settings)
    new = write_jsonl(tmp_path / "new.jsonl", [*gone, *stream(1, ("chess",), each=20)])
    two = clioscope.build(new, tmp_path / "two", settings, after=one.path)
    lineage = two.table("lineage")
    born = lineage.filter(pl.col("fate") == "born")
    assert born.height == 1 and born["new_size"].item() == 20 and "queen" in born["name"].item().lower()
    died = lineage.filter(pl.col("fate") == "died")
    assert died.height == 1 and died["group"].item() is None and died["old_size"].item() == 20
    fewer = settings.model_copy(update={"clustering": settings.clustering.model_copy(update={"clusters": 3})})
    merged = clioscope.build(new, tmp_path / "merged", fewer, after=two.path).table("lineage")
    assert merged.filter(pl.col("fate") == "merged", pl.col("group").is_not_null()).height >= 1
    split = clioscope.build(new, tmp_path / "split", settings, after=tmp_path / "merged").table("lineage")
    assert split.filter(pl.col("fate") == "split")["group"].null_count() == 0
    assert split.filter(pl.col("fate") == "split").height >= 2


def test_other_naming_settings_give_new_names_and_a_history(first, tmp_path) -> None:
    other = load_settings(**SETTINGS | {"naming__max_words": 2})
    source = first.manifest["sources"][0]["path"]
    again = clioscope.build(source, tmp_path / "again", other, after=first.path)
    lineage = again.table("lineage")
    assert set(again.tree["group"]) == set(first.tree["group"]), "ids are kept"
    changed = lineage.filter(~pl.col("kept_name"))
    assert changed.height > 0
    before = dict(first.tree.select("group", "name").iter_rows())
    assert all(names == [before[group]] for group, names in changed.select("group", "names_before").iter_rows())
    back = clioscope.build(source, tmp_path / "back", load_settings(**SETTINGS), after=again.path).table("lineage")
    names = back.join(changed.select("group"), on="group", how="semi")["names_before"].to_list()
    assert any(len(one) == 2 for one in names), "the history goes on"


def test_an_atlas_with_edits_is_its_own_predecessor(first, settings, tmp_path) -> None:
    shutil.copytree(first.path, tmp_path / "atlas")
    (tmp_path / "atlas" / "edits.jsonl").write_text("")
    week2 = write_jsonl(tmp_path / "week2.jsonl", stream(2))
    both = [first.manifest["sources"][0]["path"], week2]
    atlas = clioscope.build(both, tmp_path / "atlas", settings, overwrite=True)
    assert set(atlas.tree["group"]) & set(first.tree["group"])
    assert (atlas.path / "edits.jsonl").exists() and (atlas.path / "lineage.parquet").exists()
    (atlas.path / "edits.jsonl").unlink()
    plain = clioscope.build(both, tmp_path / "atlas", settings)
    assert not (plain.path / "lineage.parquet").exists()
    assert tables(plain.path) == tables(clioscope.build(both, tmp_path / "plain", settings).path)


def test_in_place_after_itself_needs_no_overwrite(first, settings, tmp_path) -> None:
    shutil.copytree(first.path, tmp_path / "atlas")
    week2 = write_jsonl(tmp_path / "week2.jsonl", stream(2))
    with pytest.raises(AtlasError, match="--overwrite"):
        clioscope.build(week2, tmp_path / "atlas", settings)
    atlas = clioscope.build(week2, tmp_path / "atlas", settings, after=tmp_path / "atlas")
    assert atlas.table("lineage").filter(pl.col("fate") == "died").height > 0


def test_a_predecessor_must_be_an_atlas_with_conversations(first, settings, tmp_path) -> None:
    source = first.manifest["sources"][0]["path"]
    with pytest.raises(AtlasError, match="not an atlas"):
        clioscope.build(source, tmp_path / "out", settings, after=tmp_path / "absent")
    privacy = settings.privacy.model_copy(update={"min_conversations": 1, "min_users": 1})
    clioscope.publish(first, tmp_path / "public", privacy)
    with pytest.raises(AtlasError, match="published atlas"):
        clioscope.build(source, tmp_path / "out", settings, after=tmp_path / "public")
    assert not (tmp_path / "out.building").exists()


def test_an_older_atlas_without_the_tables_of_names_is_a_predecessor_too(first, settings, tmp_path) -> None:
    shutil.copytree(first.path, tmp_path / "old")
    for name in ("names", "levels", "audit"):
        (tmp_path / "old" / f"{name}.parquet").unlink()
    source = first.manifest["sources"][0]["path"]
    again = clioscope.build(source, tmp_path / "again", settings, after=tmp_path / "old")
    assert set(again.tree["group"]) == set(first.tree["group"])
    assert (tmp_path / "old" / MANIFEST).exists()


def test_records_of_the_conftest_are_a_stream_too(settings, tmp_path) -> None:
    path = write_jsonl(tmp_path / "chats.jsonl", make_records(40))
    one = clioscope.build(path, tmp_path / "one", settings)
    two = clioscope.build(path, tmp_path / "two", settings, after=one.path)
    assert tables(one.path) == tables(two.path)


def test_saved_views_live_on_and_so_do_the_groups_that_they_show(first, settings, tmp_path) -> None:
    shutil.copytree(first.path, tmp_path / "atlas")
    group = first.tree["group"][0]
    save_view(tmp_path / "atlas", "Mine", f"group={group}", "a note")
    both = [first.manifest["sources"][0]["path"], write_jsonl(tmp_path / "week2.jsonl", stream(2))]
    atlas = clioscope.build(both, tmp_path / "atlas", settings, overwrite=True)
    (view,) = read_views(atlas.path)
    assert (view.name, view.note, view.address) == ("Mine", "a note", f"group={group}")
    assert set(atlas.tree["group"]) & set(first.tree["group"]) and not (atlas.path / "edits.jsonl").exists()
    after = clioscope.build(both, tmp_path / "other", settings, after=atlas.path)
    assert read_views(after.path) == [view]
    assert (after.path / "views.json").stat().st_mode & 0o777 == 0o600
