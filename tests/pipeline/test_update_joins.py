"""Updates and edits of atlases that were built with segments, given categories, or a group of what fits nothing."""

import polars as pl
import pytest
from commands import run_cli
from conftest import make_records, write_jsonl
from streams import stream

import clioscope
from clioscope.atlas.export import as_json, markdown
from clioscope.atlas.none import none_groups
from clioscope.atlas.shown import groups_table
from clioscope.errors import AtlasError
from clioscope.explorer.groups import group_rows
from clioscope.settings import load_settings

pytestmark = pytest.mark.slow

PLAIN = {"embedding__model": "hash", "layout__method": "pca", "hierarchy__top": 2}
BOOK = """
[[categories]]
code = "bake"
name = "Baking"
description = "sourdough bread at home, rye flour"

[[categories]]
code = "code"
name = "Programming"
description = "python function that raises an index error"
"""


def without_model(**settings):
    return load_settings(model__name="none", **PLAIN | settings)


def two_topics(count: int) -> list[dict]:
    """Conversations that turn from one topic to another."""
    records = make_records(2 * count + 2)
    return [
        {
            "id": f"s{number}",
            "user_id": f"u{number % 9}",
            "messages": [*records[number]["messages"], *records[number + count + 1]["messages"]],
        }
        for number in range(count)
    ]


@pytest.fixture(scope="module")
def segmented(tmp_path_factory):
    folder = tmp_path_factory.mktemp("segments")
    return clioscope.build(
        write_jsonl(folder / "old.jsonl", two_topics(60)),
        folder / "atlas",
        without_model(segments__split=True, clustering__clusters=5),
    )


def test_new_conversations_of_an_atlas_of_segments_are_cut_as_well(segmented, tmp_path) -> None:
    new = write_jsonl(tmp_path / "new.jsonl", [*two_topics(60)[:2], *two_topics(70)[60:]])
    made = clioscope.update(segmented, new, tmp_path / "made")
    done = made.manifest["updates"][-1]
    assert (done["fresh"], done["known"]) == (10, 2)
    assert made.manifest["counts"]["conversations"] == 70
    segments = made.segments
    assert segments["segment"].is_sorted() and segments["segment"].to_list() == made.clusters["conversation"].to_list()
    assert made.manifest["counts"]["segments"] == segments.height
    told = segmented.assign(new, false_refusals=0).table.filter(~pl.col("known"))
    assert segments.height - segmented.segments.height == told["conversation"].n_unique() >= 10
    weights = segments.group_by("conversation").agg(pl.col("weight").sum())
    assert weights.height == 70 and weights["weight"].to_list() == pytest.approx([1.0] * 70)
    kept = segments.join(segmented.segments, on="segment", how="semi")
    assert kept.equals(segmented.segments.select(kept.columns))
    base = made.tree.filter(pl.col("level") == 0)
    assert base["weight"].sum() == pytest.approx(70, abs=1e-3) and base["count"].sum() >= 70
    assert made.occurrences["user"].n_unique() == 9
    found = made.assign(new, false_refusals=0).table
    assert found["known"].all() and set(found["group"]) <= set(made.manifest["base_groups"])
    with pytest.raises(AtlasError, match=r"cut into segments.*build both alike"):
        clioscope.build(new, tmp_path / "plain", without_model(), after=segmented.path)


def test_edits_of_an_atlas_of_segments_keep_weights_and_counts(segmented, tmp_path) -> None:
    import shutil

    shutil.copytree(segmented.path, tmp_path / "atlas")
    atlas = clioscope.open(tmp_path / "atlas")
    base = atlas.tree.filter(pl.col("level") == 0)
    renamed = atlas.edit.rename(base["group"][0], "Mine", vouch=True)
    same = ["group", "conversations", "count", "users", "weight"]
    assert renamed.tree.select(same).equals(atlas.tree.select(same))
    assert renamed.manifest["counts"]["analysed"] == atlas.manifest["counts"]["analysed"]
    merged = renamed.edit.merge(base["group"][:2].to_list(), "Both", vouch=True)
    both = merged.tree.filter(pl.col("name") == "Both")
    assert both["weight"].item() == pytest.approx(base["weight"][:2].sum(), abs=1e-4)
    assert both["count"].item() <= base["count"][:2].sum()
    tops = merged.tree.filter(pl.col("level") == 0)
    assert tops["weight"].sum() == pytest.approx(merged.manifest["counts"]["analysed"], abs=1e-3)
    whole = merged.segments.join(merged.clusters, left_on="segment", right_on="conversation")
    assert (
        both["conversations"].item() == whole.filter(pl.col("group") == both["group"].item())["conversation"].n_unique()
    )
    found = merged.assign(write_jsonl(tmp_path / "new.jsonl", two_topics(70)[60:]), false_refusals=0).table
    assert set(found["group"]) <= set(merged.manifest["base_groups"])


def test_the_codebook_gives_new_conversations_their_category(tmp_path) -> None:
    (tmp_path / "book.toml").write_text(BOOK, encoding="utf-8")
    old = write_jsonl(tmp_path / "old.jsonl", [one for one in make_records(160) if int(one["id"][1:]) % 5 != 1][:100])
    atlas = clioscope.build(old, tmp_path / "atlas", without_model(codebook__file=str(tmp_path / "book.toml")))
    new = write_jsonl(tmp_path / "new.jsonl", make_records(200)[160:])
    made = clioscope.update(atlas, new, tmp_path / "made")
    told = atlas.assign(new, false_refusals=0).table.select("conversation", "code").unique()
    now = made.clusters.join(told, on="conversation", suffix="_told")
    assert now.height == told.height == 40 and now["code"].equals(now["code_told"].alias("code"))
    assert made.table("categories")["code"].to_list() == made.clusters["code"].to_list()
    tree = dict(made.tree.select("group", "parent").iter_rows())
    code = dict(made.tree.select("group", "code").iter_rows())
    for group, own in made.clusters.filter(~pl.col("none")).select("group", "code").unique().iter_rows():
        while group is not None and code[group] is None:
            group = tree[group]
        assert (None if group is None else code[group]) == own
    given = made.tree.filter(pl.col("code").is_not_null())
    codes = dict(made.clusters.group_by("code").len().iter_rows())
    assert dict(given.select("code", "count").iter_rows()) == {one: codes.get(one, 0) for one in ("bake", "code")}


def test_new_conversations_of_an_atlas_with_a_codebook_get_a_code(tmp_path) -> None:
    (tmp_path / "book.toml").write_text(BOOK, encoding="utf-8")
    old = write_jsonl(tmp_path / "old.jsonl", make_records(100))
    atlas = clioscope.build(old, tmp_path / "atlas", without_model(codebook__file=str(tmp_path / "book.toml")))
    made = clioscope.update(atlas, write_jsonl(tmp_path / "new.jsonl", make_records(200)[100:]), tmp_path / "made")
    assert made.conversations.height == 200
    codes = dict(made.clusters.group_by("code").len().iter_rows())
    tree = made.tree.filter(pl.col("code").is_not_null())
    assert dict(tree.select("code", "count").iter_rows()) == {code: codes.get(code, 0) for code in ("bake", "code")}
    ids = [f"r{number}" for number in range(100, 200, 5)]
    records = made.occurrences.filter(pl.col("record").is_in(ids)).select("conversation")
    baking = made.clusters.join(records, on="conversation", how="semi")
    assert baking.height == 20 and (baking["code"] == "bake").mean() > 0.8
    assert made.table("categories")["code"].to_list() == made.clusters["code"].to_list()
    groups = made.clusters.filter(pl.col("code") == "bake")["group"].unique().to_list()
    if len(groups) > 1:
        made = made.edit.merge(groups[:2], "Bread", vouch=True)
        found = made.assign(write_jsonl(tmp_path / "next.jsonl", make_records(205)[200:]), false_refusals=0).table
        assert set(found.drop_nulls("group")["group"]) <= set(made.tree["group"])


@pytest.fixture(scope="module")
def with_none(tmp_path_factory):
    folder = tmp_path_factory.mktemp("none")
    topics = ("bread", "python", "travel", "poem")
    settings = without_model(clustering__clusters=4, clustering__set_apart=0.05)
    return clioscope.build(write_jsonl(folder / "old.jsonl", stream(1, topics, 30)), folder / "atlas", settings)


def test_what_fits_nothing_stays_one_group_and_a_candidate_is_marked(with_none, tmp_path) -> None:
    new = write_jsonl(tmp_path / "new.jsonl", [*stream(2, ("bread",), 8), *stream(2, ("chess",), 20)])
    made = clioscope.update(with_none, new, tmp_path / "made")
    assert len(none_groups(made.tree)) == 1
    assert made.tree.filter(pl.col("level") == 0)["count"].sum() == 148
    [candidate] = made.tree.filter("candidate")["group"]
    assert [row["id"] for row in group_rows(made) if row.get("candidate")] == [candidate]
    assert groups_table(made).filter("candidate")["group"].to_list() == [candidate]
    assert '"candidate": true' in as_json(made) and markdown(made).count("*new?*") == 1
    shown = run_cli("show", str(made.path))
    assert shown.stdout.count("new?") == 1


def test_the_group_of_what_fits_nothing_is_not_merged_split_or_moved(with_none, tmp_path) -> None:
    import shutil

    shutil.copytree(with_none.path, tmp_path / "atlas")
    editor = clioscope.open(tmp_path / "atlas").edit
    [none] = none_groups(with_none.tree)
    other = next(one for one in with_none.manifest["base_groups"] if one != none)
    for act, why in (
        (lambda: editor.merge([none, other]), "cannot be merged"),
        (lambda: editor.split(none, 2), "cannot be split"),
        (lambda: editor.move(none, with_none.tree["group"][0]), "stays at the top"),
    ):
        with pytest.raises(AtlasError, match=why):
            act()
    moved = editor.move_conversations(with_none.members(none)["conversation"].to_list()[:1], other)
    assert moved.tree.filter(pl.col("level") == 0)["count"].sum() == 120


def test_new_conversations_go_to_edited_groups(with_none, tmp_path) -> None:
    import shutil

    shutil.copytree(with_none.path, tmp_path / "atlas")
    atlas = clioscope.open(tmp_path / "atlas")
    base = [one for one in atlas.manifest["base_groups"] if one not in none_groups(atlas.tree)]
    atlas = atlas.edit.merge(base[:2], "Both", vouch=True).edit.split(base[2], 2)
    new = write_jsonl(tmp_path / "new.jsonl", stream(3, ("bread", "python", "travel", "poem"), 6))
    table = atlas.assign(new, false_refusals=0).table
    assert set(table["group"]) <= set(atlas.tree["group"]) and not set(table["group"]) & set(base[:3])
    assert "Both" in set(table["name"])


def test_hidden_groups_of_new_conversations_have_an_id_and_no_name(with_none, tmp_path) -> None:
    import shutil

    shutil.copytree(with_none.path, tmp_path / "atlas")
    atlas = clioscope.open(tmp_path / "atlas")
    [none] = none_groups(atlas.tree)
    new = write_jsonl(tmp_path / "new.jsonl", stream(3, ("bread", "python", "travel", "poem"), 6))
    group = atlas.assign(new, false_refusals=0).table["group"][0]
    atlas = atlas.edit.hide(none).edit.hide(group)
    table = atlas.assign(new, false_refusals=0).table
    assert none not in table["group"].to_list()
    assert table.filter(pl.col("group") == group)["name"].unique().to_list() == [None]
    assert table.filter(pl.col("group") != group)["name"].null_count() == 0
    old = atlas.assign(atlas.manifest["sources"][0]["path"]).table
    assert not old.filter(pl.col("group") == none)["fits"].any() and none in old["group"].to_list()
