"""What is planted in two months is told, however they are compared, and chance is not."""

import shutil

import polars as pl
import pytest
from comparison.conftest import topic_of

import clioscope
from clioscope.errors import AtlasError, ClioscopeError

PLANTED = {"bread": "shrank", "travel": "grew", "python": "steady"}


def kinds(found, atlases, level):
    """What is said of each topic at a level, parts left out."""
    said = {}
    for row in found.groups.filter((pl.col("level") == level) & ~pl.col("kind").is_in(["split", "merged"])).to_dicts():
        atlas, group = (atlases[1], row["group"]) if row["group"] else (atlases[0], row["group_before"])
        said.setdefault(topic_of(atlas, group), set()).add(row["kind"])
    return said


@pytest.mark.parametrize("level", [0, 1])
def test_two_atlases_without_common_conversations(months, level) -> None:
    atlases = months["march"], months["april"]
    found = clioscope.compare(*atlases)
    assert found.matched_by == "vectors"
    assert (found.before, found.after) == ("march", "april")
    said = kinds(found, atlases, level)
    for topic, kind in PLANTED.items():  # at the base a splinter of a topic may be called gone, at the top none is
        assert said[topic] == {kind} if level else kind in said[topic] and "new" not in said[topic]
    assert said["poem"] == {"gone"}
    assert said.get("excel", {"new"}) == {"new"}  # a lone group stands at the base only
    rows = found.groups.filter((pl.col("level") == 0) & ~pl.col("kind").is_in(["split", "merged"]))
    assert rows["share_before"].sum() == pytest.approx(1) and rows["share"].sum() == pytest.approx(1)


def test_shares_of_a_group_that_was_split_are_those_of_its_parts_together(months) -> None:
    found = clioscope.compare(months["march"], months["april"])
    rows = [
        row
        for row in found.groups.to_dicts()
        if row["level"] == 0 and max(len(row["parts"]), len(row["parts_before"])) > 1
    ]
    assert rows
    for row in rows:
        for atlas, ids, share in (
            (months["march"], row["parts_before"], row["share_before"]),
            (months["april"], row["parts"], row["share"]),
        ):
            size = atlas.tree.filter(pl.col("group").is_in(ids))["count"].sum()
            assert share == pytest.approx(size / atlas.conversations["count"].sum())
    parts = found.groups.filter(pl.col("kind").is_in(["split", "merged"]))
    assert parts["p"].null_count() == parts.height
    listed = {part for row in rows for part in (*row["parts"], *row["parts_before"])}
    assert set(parts["group"].drop_nulls()) | set(parts["group_before"].drop_nulls()) <= listed


def test_two_periods_of_one_atlas(months) -> None:
    both = months["both"]
    found = clioscope.compare(both, periods=("2026-03", "2026-04"))
    assert found.matched_by == "groups"
    said = kinds(found, (both, both), 0)
    assert (said["poem"], said["excel"]) == ({"gone"}, {"new"})
    tops = kinds(found, (both, both), 1)
    assert tops["bread"] == {"shrank"} and tops["travel"] == {"grew"} and tops["python"] == {"steady"}
    base = found.groups.filter(pl.col("level") == 0)
    assert base["share"].sum() == pytest.approx(1) and base["share_before"].sum() == pytest.approx(1)
    assert base["count"].sum() == found.totals[1]


def test_common_conversations_decide_where_there_are_enough(months) -> None:
    found = clioscope.compare(months["march"], months["both"])
    assert found.matched_by == "members"
    said = kinds(found, (months["march"], months["both"]), 0)
    assert said["excel"] == {"new"}
    assert said["poem"] == {"shrank"}, "it is a smaller share of more"


def test_an_atlas_does_not_differ_from_itself_nor_from_a_copy(months, tmp_path) -> None:
    march = months["march"]
    shutil.copytree(march.path, tmp_path / "copy")
    for other in (march, clioscope.open(march.path), tmp_path / "copy"):
        found = clioscope.compare(march, other)
        assert set(found.groups["kind"]) == {"steady"}
        assert found.groups["change"].abs().max() == 0
        assert not found.facets["differs"].any()


def test_ids_and_intervals_are_well_formed(months) -> None:
    found = clioscope.compare(str(months["march"].path), months["april"].path)
    groups = found.groups
    assert set(groups["group"].drop_nulls()) == set(months["april"].tree["group"])
    assert set(groups["group_before"].drop_nulls()) == set(months["march"].tree["group"])
    for end in ("_before", ""):
        told = groups.drop_nulls(f"share{end}")
        assert (told[f"low{end}"] <= told[f"share{end}"]).all() and (told[f"share{end}"] <= told[f"high{end}"]).all()
    tested = groups.drop_nulls("p")
    assert (tested["change_low"] <= tested["change"]).all() and (tested["change"] <= tested["change_high"]).all()
    assert (tested["q"] >= tested["p"] - 1e-12).all()
    assert (
        groups.filter(pl.col("kind").is_in(["new", "gone"]))["change"].null_count()
        == groups.filter(pl.col("kind").is_in(["new", "gone"])).height
    )


def test_what_cannot_be_compared_is_said(months, tmp_path) -> None:
    march, both = months["march"], months["both"]
    with pytest.raises(ClioscopeError, match="second atlas"):
        clioscope.compare(march)
    with pytest.raises(ClioscopeError, match="not both"):
        clioscope.compare(march, both, periods=("2026-03", "2026-04"))
    with pytest.raises(ClioscopeError, match="overlap"):
        clioscope.compare(both, periods=("2026-03", "2026-03-20..2026-04"))
    with pytest.raises(ClioscopeError, match="no record in '2027'"):
        clioscope.compare(both, periods=("2026-03", "2027"))
    with pytest.raises(AtlasError):
        clioscope.compare(march, tmp_path / "nothing")
