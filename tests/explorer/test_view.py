"""What the page is told of an atlas, and what it is not."""

import json
import shutil

import numpy as np
import polars as pl
import pytest
from conftest import make_records, write_jsonl

import clioscope
from clioscope.atlas.files import write_table
from clioscope.atlas.summary import facet_counts
from clioscope.explorer import make_view
from clioscope.explorer.container import unpack


def read(atlas, **options):
    return unpack(make_view(atlas, **options))


def column(header, arrays, name):
    found = next(one for one in header["columns"] if one["name"] == name)
    return found["values"], arrays[found["array"]]


@pytest.fixture
def copy(atlas, tmp_path):
    """A copy of the atlas to change: takes the names of files to leave out."""

    def make(*without):
        shutil.copytree(atlas.path, tmp_path / "copy", ignore=shutil.ignore_patterns(*without))
        return clioscope.open(tmp_path / "copy")

    return make


def test_groups_and_rows_are_those_of_the_atlas(atlas):
    header, arrays = read(atlas)
    assert header["rows"] == atlas.clusters.height == len(arrays["group"])
    assert header["total"] == 240
    assert [one["id"] for one in header["groups"]] == atlas.tree["group"].to_list()
    ids = np.array(atlas.tree["group"].to_list())
    assert ids[arrays["group"]].tolist() == atlas.clusters["group"].to_list()
    assert int(arrays["count"].sum()) == 240
    for one, row in zip(header["groups"], atlas.tree.iter_rows(named=True), strict=True):
        parent = None if row["parent"] is None else atlas.tree["group"].to_list().index(row["parent"])
        assert (one["parent"], one["count"], one["level"]) == (parent, row["count"], row["level"])
        assert -1 <= one["x"] <= 1
        assert all(header["groups"][near]["level"] == one["level"] for near in one["near"])


def test_counts_by_group_are_those_of_the_summary(atlas):
    header, arrays = read(atlas)
    base = [one for one in header["groups"] if one["level"] == 0]
    counts = facet_counts(atlas)
    for name in ("language", "length"):
        values, codes = column(header, arrays, name)
        for group in base:
            mine = arrays["group"] == header["groups"].index(group)
            for place, value in enumerate(values):
                told = counts.filter(
                    (pl.col("group") == group["id"]) & (pl.col("facet") == name) & (pl.col("value") == value)
                )
                assert int(arrays["count"][mine & (codes == place)].sum()) == int(told["count"].sum())


def test_dates_metadata_and_users(atlas):
    header, arrays = read(atlas)
    assert header["days"] == {"start": "2026-03-01", "last": 27}
    first = atlas.conversations["first_at"].dt.date().to_list()
    assert [day.day - 1 for day in first] == arrays["day"].tolist()
    values, codes = column(header, arrays, "plan")
    assert sorted(values) == ["free", "paid"]
    assert set(codes) == {0, 1}
    assert header["users"] is True
    assert set(arrays["user"]) == set(range(1, 18))


def test_no_word_and_no_id_of_a_conversation_is_told(atlas):
    data = make_view(atlas)
    for name in ("conversation", "record", "user"):
        for one in set(atlas.occurrences[name]):
            if len(str(one)) > 4:
                assert str(one).encode() not in data
    for text in atlas.transcripts["text"]:
        assert text[:40].encode() not in data
    assert read(atlas)[0]["texts"] == []


def test_facet_texts_come_only_when_asked(atlas):
    header, arrays = read(atlas, texts=True)
    texts = {one["name"]: bytes(arrays[one["array"]]).decode().split("\n") for one in header["texts"]}
    assert texts["request"][:-1] == atlas.facets["request"].fill_null("").to_list()


def test_a_withheld_name_is_not_told(copy):
    changed = copy()
    tree = changed.tree.with_columns(
        pl.when(pl.int_range(pl.len()) == 0).then(pl.lit("withheld")).otherwise(pl.col("action")).alias("action"),
        pl.when(pl.int_range(pl.len()) == 0).then(pl.lit("Mrs Secret")).otherwise(pl.col("name")).alias("name"),
    )
    write_table(changed.path / "tree.parquet", tree)
    data = make_view(clioscope.open(changed.path))
    assert b"Mrs Secret" not in data
    first = unpack(data)[0]["groups"][0]
    assert (first["name"], first["description"], first["phrases"], first["verdict"]) == (None, "", [], "withheld")


def test_further_figures_of_the_tree_are_told_as_quality(copy):
    changed = copy()
    write_table(changed.path / "tree.parquet", changed.tree.with_columns(pl.lit(0.75).alias("stability")))
    first = read(clioscope.open(changed.path))[0]["groups"][0]
    assert first["quality"]["stability"] == 0.75
    assert "margin" in first["quality"]


def test_figures_of_single_groups_are_told_where_the_atlas_was_measured(atlas, copy):
    changed = copy()
    measured = clioscope.measure(changed, stability=False).table
    groups = read(clioscope.open(changed.path))[0]["groups"]
    assert "misplaced" not in read(atlas)[0]["groups"][0]["quality"]
    for name in ("misplaced", "silhouette", "cohesion_p50"):
        rows = measured.filter((pl.col("metric") == name) & pl.col("group").is_not_null())
        told = {one["id"]: one["quality"][name] for one in groups if name in one["quality"]}
        own = rows.sort("level").unique("group", keep="first")  # a group at the top of its own is also measured there
        assert told == pytest.approx(dict(own.select("group", "value").iter_rows()), abs=1e-4), name
    assert "davies_bouldin" not in groups[0]["quality"]


def test_figures_of_an_earlier_build_are_not_told(copy):
    changed = copy()
    clioscope.measure(changed, stability=False)
    manifest = json.loads((changed.path / "manifest.json").read_text())
    (changed.path / "manifest.json").write_text(json.dumps(manifest | {"finished": "2030-01-01T00:00:00+00:00"}))
    assert set(read(clioscope.open(changed.path))[0]["groups"][0]["quality"]) == {"margin"}


def test_without_layout_dates_or_centroids_the_rest_stays(copy):
    changed = copy("layout.parquet", "centroids.npy")
    undated = changed.conversations.with_columns(first_at=pl.lit(None, pl.Datetime("us", "UTC")))
    write_table(changed.path / "conversations.parquet", undated)
    header, arrays = read(clioscope.open(changed.path))
    assert header["map"] is False
    assert header["days"] is None
    assert not {"x", "y", "day"} & set(arrays)
    assert all(one["near"] == [] and "x" not in one for one in header["groups"])
    assert header["rows"] == changed.clusters.height


def test_one_group_without_users(fake, tmp_path):
    records = [{key: value for key, value in make_records(1)[0].items() if key in ("id", "messages")}]
    built = clioscope.build(write_jsonl(tmp_path / "one.jsonl", records), tmp_path / "one", fake)
    header, arrays = read(built)
    assert header["rows"] == len(header["groups"]) == 1
    assert header["users"] is False
    assert header["days"] is None
    assert "count" not in arrays


def test_the_same_atlas_gives_the_same_bytes(atlas):
    assert make_view(atlas) == make_view(clioscope.open(atlas.path))


@pytest.mark.parametrize(
    ("users", "each", "counted"), [("none", True, "each"), ("some", True, "rest"), ("some", False, "together")]
)
def test_the_page_is_told_how_people_were_counted(published, tmp_path, users, each, counted):
    copy = shutil.copytree(published.path, tmp_path / "copy")
    manifest = json.loads((copy / "manifest.json").read_text()) | {"users": users, "each_a_user": each}
    (copy / "manifest.json").write_text(json.dumps(manifest))
    assert read(clioscope.open(copy))[0]["counted"] == counted


def test_a_published_atlas_gives_its_groups_and_cells_only(published):
    header, arrays = read(published)
    assert header["published"] is True
    assert header["rows"] == 0
    assert header["smallest"] == 4
    assert header["counted"] is None
    assert set(arrays) == {one["array"] for one in header["columns"]}
    assert {one["name"] for one in header["columns"]} == set(published.facet_counts["facet"])
    for one in header["columns"]:
        table = arrays[one["array"]].reshape(len(header["groups"]), len(one["values"]))
        stored = published.facet_counts.filter(pl.col("facet") == one["name"])
        assert table.sum() == stored["count"].sum()
        assert table[table > 0].min() >= 4
    assert all("x" in one for one in header["groups"])
