"""Published atlases are compared by what they show; what one of them withholds has no number."""

import polars as pl
import pytest

import clioscope
from clioscope.errors import ModelError
from clioscope.settings import PrivacySettings


@pytest.fixture(scope="module")
def published(months, tmp_path_factory):
    folder = tmp_path_factory.mktemp("published")
    limits = {"march": 30, "april": 10}  # so that March shows fewer groups and values
    return {
        name: clioscope.publish(
            months[name], folder / name, PrivacySettings(min_conversations=least, min_users=3, rounding=5)
        )
        for name, least in limits.items()
    }


def test_what_is_not_shown_is_not_said_to_be_new_or_gone(published) -> None:
    found = clioscope.compare(published["march"], published["april"])
    assert found.matched_by in ("names", "exact names")
    assert not {"new", "gone"} & set(found.groups["kind"])
    alone = found.groups.filter(pl.col("kind").is_in(["not shown before", "not shown after"]))
    assert alone.height
    for end, group in (("_before", "group_before"), ("", "group")):
        lacking = alone.filter(pl.col(group).is_null())
        assert (
            lacking.select(f"share{end}", f"low{end}", f"high{end}", f"count{end}").null_count().row(0)
            == (lacking.height,) * 4
        )
    assert any("too small" in note.replace("\n", " ") for note in found.notes)


def test_every_number_is_one_that_a_copy_shows(published) -> None:
    found = clioscope.compare(published["march"], published["april"])
    for name, end, group in (("march", "_before", "group_before"), ("april", "", "group")):
        atlas = published[name]
        counts = dict(atlas.tree.select("group", "count").iter_rows())
        rows = found.groups.drop_nulls(group)
        assert dict(rows.select(group, f"count{end}").iter_rows()) == counts
        shown = set(atlas.facet_counts.drop_nulls("value").select("group", "facet", "value").iter_rows())
        cells = found.facets.filter(pl.col(group) != "").select(group, "facet", "value")
        assert set(cells.iter_rows()) <= shown, "a value that one copy withholds is not taken for none"


def test_a_copy_beside_the_whole_atlas_is_not_for_others(months, published) -> None:
    found = clioscope.compare(published["march"], months["april"])
    assert any("not published" in note for note in found.notes)
    assert "not shown before" in set(found.groups["kind"]) and "new" not in set(found.groups["kind"])


def test_rounded_counts_have_wider_intervals(published) -> None:
    found = clioscope.compare(published["april"], published["april"])
    row = found.groups.row(0, named=True)
    assert row["low"] < row["share"] - 2.5 / found.totals[1]
    with pytest.raises(clioscope.ClioscopeError, match="no dates"):
        clioscope.compare(published["april"], periods=("2026-03", "2026-04"))


def test_without_the_encoder_only_equal_names_match(published, monkeypatch) -> None:
    def missing(*_: object) -> None:
        raise ModelError("There is no encoder.")

    monkeypatch.setattr("clioscope.comparison.likeness._encoded", missing)
    found = clioscope.compare(published["march"], published["april"])
    assert found.matched_by == "exact names"
    both = found.groups.filter(pl.col("matched_by") == "names")
    assert both["name"].to_list() == both["name_before"].to_list()
