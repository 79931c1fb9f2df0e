"""Conversations cut into segments: the tables, and what a build makes of them."""

import numpy as np
import polars as pl
import pytest
from conftest import write_jsonl
from segments.conftest import FAST, asked_about, records

import clioscope
from clioscope.atlas.export import markdown
from clioscope.atlas.membership import rows_of
from clioscope.atlas.segments import main_segments, segments_of
from clioscope.atlas.shown import groups_table
from clioscope.explorer.container import unpack
from clioscope.explorer.view import make_view
from clioscope.privacy.publish import publish
from clioscope.settings import PrivacySettings, load_settings


@pytest.fixture(scope="module")
def atlas(tmp_path_factory):
    folder = tmp_path_factory.mktemp("segments")
    path = write_jsonl(folder / "chats.jsonl", records())
    return clioscope.build(path, folder / "atlas", load_settings(**FAST, segments__split=True))


def test_conversations_of_two_topics_are_cut_where_the_second_begins(atlas) -> None:
    segments = segments_of(atlas)
    cut = segments.filter(pl.col("parts") > 1)
    assert cut["conversation"].n_unique() >= 10, "of 20; words that are hashed tell topics poorly"
    assert set(cut["parts"]) == {2}
    assert set(cut.select("part", "first_turn", "last_turn").iter_rows()) == {(1, 1, 2), (2, 3, 5)}
    assert cut.filter(pl.col("part") == 2)["weight"].to_list() == pytest.approx([0.6] * (cut.height // 2))
    whole = segments.filter(pl.col("parts") == 1)
    assert whole["segment"].to_list() == whole["conversation"].to_list()
    sums = segments.group_by("conversation").agg(pl.col("weight").sum())
    assert sums["weight"].to_list() == pytest.approx([1.0] * 120)


def test_all_tables_have_a_row_per_segment(atlas) -> None:
    names = set(segments_of(atlas)["segment"])
    for table in (atlas.conversations, atlas.facets, atlas.clusters, atlas.layout):
        assert set(table["conversation"]) == names
        assert table.height == len(names)
    assert len(atlas.vectors) == len(names)
    counts = atlas.manifest["counts"]
    assert (counts["conversations"], counts["analysed"], counts["segments"]) == (120, 121, len(names))
    assert atlas.occurrences.height == sum(
        parts * (2 if copied else 1)
        for parts, copied in segments_of(atlas)
        .filter(pl.col("part") == 1)
        .join(atlas.conversations.select(segment="conversation", count="count"), on="segment")
        .select("parts", pl.col("count") > 1)
        .iter_rows()
    )


def test_counts_say_what_touches_a_group_and_shares_sum_to_the_whole(atlas) -> None:
    base = groups_table(atlas).filter(pl.col("level") == 0)
    assert base["share"].sum() == pytest.approx(1)
    assert base["weight"].sum() == pytest.approx(121)
    assert base["count"].sum() > 121, "a conversation counts in each group that it touches"
    tops = groups_table(atlas).filter(pl.col("parent").is_null())
    assert tops["weight"].sum() == pytest.approx(121)
    segments = segments_of(atlas).rename({"conversation": "whole"})
    rows = atlas.membership.join(segments, left_on="conversation", right_on="segment")
    touched = dict(rows.group_by("group").agg(pl.col("whole").n_unique()).iter_rows())
    assert touched == dict(atlas.tree.select("group", "conversations").iter_rows())
    assert "touched by" in markdown(atlas)
    assert "how many conversations touch it" in markdown(atlas)


def test_a_user_and_an_unknown_one_count_once_in_a_group(atlas) -> None:
    segments = segments_of(atlas).rename({"conversation": "whole"})
    rows = (
        atlas.membership.join(segments, left_on="conversation", right_on="segment")
        .join(atlas.occurrences.select("conversation", "user"), on="conversation")
        .select("group", "whole", "user")
    )
    known = dict(rows.drop_nulls().group_by("group").agg(pl.col("user").n_unique()).iter_rows())
    unknown = dict(rows.filter(pl.col("user").is_null()).group_by("group").agg(pl.col("whole").n_unique()).iter_rows())
    for group, users, anonymous in atlas.tree.select("group", "users", "anonymous").iter_rows():
        assert (users, anonymous) == (known.get(group, 0), unknown.get(group, 0))


def test_a_published_copy_counts_each_conversation_once_in_the_group_of_its_longest_segment(atlas, tmp_path) -> None:
    settings = PrivacySettings(min_conversations=2, min_users=2, rounding=1)
    shown = publish(atlas, tmp_path / "public", settings, unaudited=True, anew=True)
    longest: dict[str, tuple[float, int, str]] = {}
    for segment, whole, part, weight in segments_of(atlas).select("segment", "conversation", "part", "weight").rows():
        longest[whole] = max(longest.get(whole, (0.0, 0, "")), (weight, -part, segment))
    counted = {segment for _, _, segment in longest.values()}
    times = dict(atlas.conversations.select("conversation", "count").iter_rows())
    for group, count in shown.tree.select("group", "count").iter_rows():
        own = set(atlas.membership.filter(pl.col("group") == group)["conversation"])
        assert count == sum(times[one] for one in own & counted)
    top = shown.tree.filter(pl.col("parent").is_null())
    counts = shown.manifest["counts"]
    assert top["count"].sum() + counts["withheld_conversations"] == counts["analysed"]
    assert 115 <= counts["analysed"] <= 121, "a few are in groups that are too small"
    assert "weight" not in shown.tree.columns
    assert "in the group of its longest segment" in markdown(shown)
    header, _ = unpack(make_view(shown))
    assert (header["segments"], header["longest"]) == (None, True)
    assert not (shown.path / "segments.parquet").exists()


def test_the_segments_of_new_conversations_find_their_groups(atlas, tmp_path) -> None:
    known = atlas.assign(write_jsonl(tmp_path / "old.jsonl", records()[:12])).table
    assert known["known"].all(), "cut in the same places"
    topics = ("poem", "poem", "excel", "excel")
    messages = [message for number, topic in enumerate(topics) for message in asked_about(topic, 900 + number)]
    new = atlas.assign(write_jsonl(tmp_path / "new.jsonl", [{"id": "n", "messages": messages}])).table
    assert new.height == 2
    assert not new["known"].any()
    assert new["group"].n_unique() == 2
    assert [one[-2:] for one in new["conversation"]] == [".1", ".2"]


def test_where_second_segments_lie_changes_nothing_in_a_published_copy(tmp_path) -> None:
    path = write_jsonl(tmp_path / "chats.jsonl", records())
    settings = load_settings(**FAST, segments__split=True, facets__ask=60)
    atlas = clioscope.build(path, tmp_path / "atlas", settings)
    loose = PrivacySettings(min_conversations=2, min_users=2, rounding=1)
    before = publish(atlas, tmp_path / "before", loose, unaudited=True)
    assert not atlas.table("shares")["exact"].all(), "some are estimated"
    longest = set(main_segments(atlas.clusters, segments_of(atlas))["conversation"])
    table = atlas.clusters
    first = table.row(0, named=True)
    second = ~pl.col("conversation").is_in(list(longest))
    moved = table.with_columns(
        *(
            pl.when(second).then(pl.lit(first[name])).otherwise(name).cast(table.schema[name]).alias(name)
            for name in ("group", "label")
        )
    )
    assert moved["group"].ne(table["group"]).sum() >= 5
    moved.write_parquet(atlas.path / "clusters.parquet")
    after = publish(tmp_path / "atlas", tmp_path / "after", loose, unaudited=True, anew=True)
    for name in ("tree", "facet_counts", "shares"):
        assert after.table(name).equals(before.table(name)), name


def test_the_longest_segment_is_the_longest_of_those_that_are_there(atlas) -> None:
    segments = segments_of(atlas)
    longest = main_segments(atlas.clusters, segments)
    assert longest.height == 120
    gone = longest["conversation"].filter(longest["conversation"].str.contains(".", literal=True))
    left = main_segments(atlas.clusters.filter(~pl.col("conversation").is_in(gone.implode())), segments)
    assert left.height == 120, "the other segment counts where the longest one was left out"


def test_without_the_setting_nothing_is_different(tmp_path) -> None:
    path = write_jsonl(tmp_path / "chats.jsonl", records(30))
    few = clioscope.build(path, tmp_path / "atlas", load_settings(**FAST, segments__split=True))
    assert any("No conversation was cut" in line for line in few.manifest["stages"]["conversations"]["remarks"])
    assert segments_of(few).height == 30
    whole = clioscope.build(path, tmp_path / "atlas", load_settings(**FAST))
    assert segments_of(whole) is None
    assert not (whole.path / "topic_scale.npy").exists()
    assert "weight" not in whole.tree.columns
    assert whole.conversations.height == 30
    assert np.isclose(groups_table(whole).filter(pl.col("level") == 0)["share"].sum(), 1)


def test_the_page_counts_and_weighs_as_the_tree_and_the_shares_do(atlas) -> None:
    header, arrays = unpack(make_view(atlas))
    assert (header["total"], header["segments"]) == (121, len(arrays["group"]))
    copies, part, whole = arrays["count"], arrays["part"], arrays["whole"]
    assert np.bincount(whole, part) == pytest.approx(np.ones(120))
    groups = header["groups"]
    held = rows_of({index: row["parent"] for index, row in enumerate(groups)}, range(len(groups)), arrays["group"])
    for index, row in enumerate(groups):
        _, first = np.unique(whole[held[index]], return_index=True)
        assert (copies[held[index]][first].sum(), len(first)) == (row["count"], row["distinct"])
        assert (copies * part)[held[index]].sum() == pytest.approx(row["weight"], abs=1e-4)
    [length] = [column for column in header["columns"] if column["name"] == "length"]
    shares = atlas.table("shares").filter(pl.col("facet") == "length")
    codes = arrays[length["array"]]
    for group, value, share in shares.select("group", "value", "share").iter_rows():
        rows = np.arange(len(codes)) if group == "" else held[[row["id"] for row in groups].index(group)]
        mine = rows[codes[rows] == length["values"].index(value)]
        assert (copies * part)[mine].sum() / (copies * part)[rows].sum() == pytest.approx(share, abs=1e-5)
