"""What was not asked is inferred, and shares of it have intervals: from a build to the report card."""

import json
import re

import polars as pl
import pytest
from commands import run_cli
from conftest import make_records, write_jsonl

import clioscope
from clioscope.atlas.export import export, export_shares, markdown
from clioscope.atlas.shares import asked_counts, group_lines, has_intervals, shares_of
from clioscope.errors import ClioscopeError
from clioscope.measure.comparison import compare

pytestmark = pytest.mark.slow  # builds


@pytest.fixture(scope="module")
def whole(few, path, tmp_path_factory):
    return clioscope.build(path, tmp_path_factory.mktemp("all") / "atlas", few("all"))


def test_those_not_asked_get_a_likely_field_and_no_request(atlas, whole) -> None:
    facets = atlas.facets.join(atlas.table("probabilities"), on="conversation", suffix="_sure")
    others = facets.filter(~pl.col("asked"))
    assert others["request"].null_count() == others.height == facets.height - facets["asked"].sum()
    filled = others.filter(pl.col("field").is_not_null())
    assert filled.height > 0.9 * others.height and filled["field_sure"].null_count() == 0
    assert facets.filter("asked")["field_sure"].null_count() == facets["asked"].sum()
    truth = filled.join(whole.facets.select("conversation", true="field"), on="conversation")
    assert (truth["field"].str.to_lowercase() == truth["true"].str.to_lowercase()).mean() > 0.9
    for name, kind in whole.facets.schema.items():
        assert atlas.facets.schema[name] == kind


def test_shares_of_few_hold_those_of_all(atlas, whole) -> None:
    found, true = shares_of(atlas), shares_of(whole)
    assert true["exact"].all() and (true["low"] == true["high"]).all() and true["inferred"].sum() == 0
    for row in found.filter((pl.col("group") == "") & (pl.col("facet") == "concern")).iter_rows(named=True):
        same = true.filter((pl.col("group") == "") & (pl.col("facet") == "concern") & (pl.col("value") == row["value"]))
        assert row["low"] - 0.02 <= same["share"][0] <= row["high"] + 0.02
    language = found.filter(pl.col("facet") == "language")
    assert language["exact"].all()
    counted = atlas.membership.join(atlas.facets.select("conversation", "language"), on="conversation")
    for row in language.filter(pl.col("group") != "").iter_rows(named=True):
        inside = counted.filter(pl.col("group") == row["group"])
        known = inside.filter(pl.col("language").is_not_null())["count"].sum()
        assert row["share"] == pytest.approx(inside.filter(pl.col("language") == row["value"])["count"].sum() / known)
    groups = set(atlas.tree["group"])
    assert set(found["group"]) == {"", *groups}
    assert (found["asked"] + found["inferred"] <= found["count"]).all()
    assert ((found["low"] <= found["share"]) & (found["share"] <= found["high"])).all()


def test_asked_and_inferred_are_columns_of_the_exports(atlas, tmp_path) -> None:
    told = asked_counts(atlas)
    tree = pl.read_csv(export(atlas, tmp_path / "tree.csv"))
    assert tree.select("group", "asked", "inferred").sort("group").rows() == told.sort("group").rows()
    assert ((tree["asked"] > 0) & (tree["asked"] + tree["inferred"] <= tree["count"])).all()
    run_cli("export", atlas.path, "--shares", tmp_path / "shares.parquet", check=True)
    assert pl.read_parquet(tmp_path / "shares.parquet").equals(shares_of(atlas))
    node = json.loads(export(atlas, tmp_path / "tree.json").read_text())["groups"][0]
    assert node["asked"] > 0 and {"facet", "value", "share", "low", "high", "asked", "inferred"} <= set(
        node["shares"][0]
    )


def test_a_report_in_markdown_has_the_shares_of_the_whole(atlas, whole) -> None:
    estimated, exact = markdown(atlas), markdown(whole)
    assert "## All conversations, with 95 % intervals\n" in estimated and "## All conversations\n" in exact
    (concern,) = [line for line in estimated.splitlines() if line.startswith("- concern")]
    assert re.search(r"\(asked \d+, inferred \d+\)", concern)
    for text in (estimated, exact):
        assert text.index("## All conversations") < text.index("## Groups") < text.index("**")


def test_an_interval_is_told_by_the_shares_not_by_the_words(atlas, whole, monkeypatch) -> None:
    assert has_intervals(atlas, "") and not has_intervals(whole, "")
    lines = ["field: taxes (asked by mail) 40 %"]
    monkeypatch.setattr("clioscope.atlas.export.group_lines", lambda *_: lines)
    assert "## All conversations\n" in markdown(whole)


def test_show_prints_shares_with_intervals_of_the_atlas_and_of_a_group(atlas, whole) -> None:
    group = atlas.tree["group"][0]
    for arguments, key in (([], ""), (["--group", group], group)):
        shown = run_cli("show", atlas.path, *arguments, check=True).stdout
        for line in group_lines(atlas, key):
            assert " ".join(line.split()) in " ".join(shown.split())
    (concern,) = [line for line in group_lines(atlas, "") if line.startswith("concern")]
    assert re.search(r"\w+ \d+ % \(\d+–\d+\).*asked \d+, inferred \d+", concern)
    assert not any("(" in line for line in group_lines(whole, "")), "exact"


def test_the_report_card_says_how_well_the_asked_predict(atlas, whole) -> None:
    measured = clioscope.measure(atlas, stability=False)
    card = (atlas.path / "report-card.md").read_text()
    assert "## Asked and predicted" in card and "- **field**: the prediction is right for" in card
    asked = int(atlas.facets["asked"].sum())
    assert f"The model was asked about {asked:,} of the {atlas.facets.height:,} different conversations." in card
    cosine = atlas.manifest["stages"]["predict"]["cosine"]
    assert 0 < cosine < 1 and f"of what was predicted with the answers is {cosine:.2f} on average" in card
    assert {"predicted", "learning"} <= {one.stem.removeprefix("report-card-") for one in atlas.path.glob("*.svg")}
    rows = measured.table.filter(pl.col("metric") == "predicted_right")
    assert rows.filter(pl.col("group").is_null())["part"].to_list() == ["activity", "concern", "field"]
    clioscope.measure(whole, stability=False)
    assert "Asked and predicted" not in (whole.path / "report-card.md").read_text()
    shares = compare([atlas, whole]).filter(pl.col("metric") == "facet_share")
    assert shares.filter(pl.col("value_1").is_not_null() & pl.col("value_2").is_not_null()).height > 5


def test_without_a_model_and_with_few_answers_nothing_is_inferred(few, path, tmp_path) -> None:
    bare = clioscope.build(path, tmp_path / "bare", few(60, model__name="none"))
    assert set(shares_of(bare)["facet"]) >= {"language", "length"} and shares_of(bare)["exact"].all()
    little = clioscope.build(path, tmp_path / "little", few(30, clustering__clusters=5))
    assert little.table("prediction").is_empty()
    assert little.facets["asked"].sum() < 50
    assert little.facets.filter(~pl.col("asked"))["field"].null_count() == (~little.facets["asked"]).sum()
    concern = shares_of(little).filter((pl.col("group") == "") & (pl.col("facet") == "concern"))
    assert not concern["exact"].any() and (concern["high"] > concern["low"]).all()
    clioscope.measure(little, stability=False)
    card = (little.path / "report-card.md").read_text()
    asked = int(little.facets["asked"].sum())
    assert f"The model was asked about {asked} of the {little.facets.height}" in card and "Fewer than 50" in card
    clioscope.measure(bare, stability=False)
    assert "Asked and predicted" not in (bare.path / "report-card.md").read_text()


def test_an_atlas_of_an_earlier_version_has_no_shares_and_works_as_before(few, tmp_path) -> None:
    atlas = clioscope.build(write_jsonl(tmp_path / "in.jsonl", make_records(40)), tmp_path / "atlas", few("all"))
    for name in ("shares", "probabilities", "values", "prediction", "predicted_groups", "asked"):
        (atlas.path / f"{name}.parquet").unlink(missing_ok=True)
    old = clioscope.open(atlas.path)
    assert shares_of(old) is None and asked_counts(old) is None and group_lines(old, "") == []
    assert "shares" not in json.loads(export(old, tmp_path / "tree.json").read_text())["groups"][0]
    clioscope.measure(old, stability=False)
    with pytest.raises(ClioscopeError, match="built without shares"):
        export_shares(old, tmp_path / "shares.csv")
