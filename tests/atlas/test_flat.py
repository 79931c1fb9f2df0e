"""The flat table: one row per record, with the groups that hold it."""

import polars as pl
import pytest

import clioscope
from clioscope.errors import AtlasError


def test_every_record_has_a_row_with_its_groups_and_its_place(finished) -> None:
    rows = finished.table()
    assert rows["record"].to_list() == finished.occurrences["record"].to_list()
    assert rows.columns[:9] == [
        "record", "user", "date", "conversation", "group", "name", "group_1", "name_1", "path",
    ]  # fmt: skip
    assert rows.columns[-2:] == ["x", "y"]
    assert {"request", "concern", "language", "length"} <= set(rows.columns)
    counted = rows.group_by("group_1").len().sort("group_1")
    tops = finished.tree.filter(pl.col("parent").is_null()).select("group", "count").sort("group")
    assert counted.rows() == tops.rows()


def test_the_path_is_the_names_from_the_top(finished) -> None:
    names = dict(finished.tree.select("group", "name").iter_rows())
    for row in finished.table().head(10).iter_rows(named=True):
        line = [row["group_1"]] if row["group_1"] == row["group"] else [row["group_1"], row["group"]]
        assert row["path"] == " › ".join(names[one] for one in line)
        assert row["name"] == names[row["group"]] and row["name_1"] == names[row["group_1"]]


def test_a_folder_will_do_and_a_name_gives_one_file(finished) -> None:
    for path in (finished.path, str(finished.path)):
        assert clioscope.table(path).equals(finished.table())
    assert finished.table("tree").equals(pl.read_parquet(finished.path / "tree.parquet"))


def test_a_facet_called_like_another_column_keeps_its_values(finished, tmp_path) -> None:
    import shutil

    copy = shutil.copytree(finished.path, tmp_path / "atlas")
    pl.read_parquet(copy / "facets.parquet").rename({"length": "name"}).write_parquet(copy / "facets.parquet")
    rows = clioscope.table(copy)
    assert rows["facet_name"].to_list() == finished.table()["length"].to_list()
    assert rows["name"].to_list() == finished.table()["name"].to_list()


def test_a_hidden_group_has_no_rows(finished, tmp_path) -> None:
    import shutil

    copy = clioscope.open(shutil.copytree(finished.path, tmp_path / "atlas"))
    largest = copy.clusters["group"].mode()[0]
    edited = copy.edit.hide(largest)
    assert largest not in edited.table()["group"]
    assert edited.table().height == copy.clusters.filter(pl.col("group") != largest).height


def test_a_withheld_name_is_masked(finished, tmp_path) -> None:
    import shutil

    copy = shutil.copytree(finished.path, tmp_path / "atlas")
    tree = pl.read_parquet(copy / "tree.parquet").with_columns(action=pl.lit("withheld"), score=pl.lit(1))
    tree.write_parquet(copy / "tree.parquet")
    assert clioscope.table(copy)["name"].unique().to_list() == ["(name withheld for privacy)"]


def test_a_published_atlas_has_no_rows(finished, tmp_path) -> None:
    from clioscope.settings import PrivacySettings

    copy = clioscope.publish(finished, tmp_path / "public", PrivacySettings(min_conversations=4, min_users=2))
    with pytest.raises(AtlasError, match=r"a published atlas holds no conversations; its groups are in atlas\.tree"):
        copy.table()
