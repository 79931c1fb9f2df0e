"""Atlases side by side."""

import json
import shutil

import polars as pl
import pytest

import clioscope
from clioscope.errors import AtlasError, ClioscopeError
from clioscope.measure.comparison import compare
from clioscope.measure.measured import measure_atlas


@pytest.fixture
def two(chats, fake, tmp_path):
    atlas = clioscope.build(chats, tmp_path / "one", fake)
    shutil.copytree(atlas.path, tmp_path / "two")
    return clioscope.open(tmp_path / "one"), clioscope.open(tmp_path / "two")


def test_an_atlas_is_no_better_than_itself(two):
    for atlas in two:
        measure_atlas(atlas, stability=False)
    table = compare(two)
    assert table["value_1"].equals(table["value_2"].rename("value_1"))
    assert table["better"].is_null().all()
    assert {"base", "top", ""} >= set(table["level"])


def test_the_better_one_is_named_where_intervals_part(two):
    one, two_ = two
    measure_atlas(one, stability=False)
    measure_atlas(two_, stability=False)
    worse = pl.col("metric") == "silhouette"
    table = pl.read_parquet(two_.path / "measures.parquet")
    columns = [pl.when(worse).then(pl.col(c) - 1.5).otherwise(pl.col(c)).alias(c) for c in ("value", "low", "high")]
    table.with_columns(columns).write_parquet(two_.path / "measures.parquet")
    found = compare([one, clioscope.open(two_.path)])
    assert found.filter(pl.col("metric") == "silhouette")["better"].to_list()[0] == 1
    assert found.filter(pl.col("metric") != "silhouette")["better"].is_null().all()


def test_geometry_is_not_compared_across_vectors_nor_counts_at_all(two):
    for atlas in two:
        measure_atlas(atlas, stability=False)
    one, two_ = two
    table = pl.read_parquet(two_.path / "measures.parquet")
    names = ("silhouette", "misplaced", "trustworthiness", "duplicate_names")
    sign = pl.when(pl.col("metric") == "trustworthiness").then(-1.0).otherwise(1.0)
    columns = [
        pl.when(pl.col("metric").is_in(names)).then(pl.col(c) + 2 * sign).otherwise(pl.col(c)).alias(c)
        for c in ("value", "low", "high")
    ]
    table.with_columns(columns).write_parquet(two_.path / "measures.parquet")

    def winners():
        found = compare([one, clioscope.open(two_.path)]).filter(pl.col("metric").is_in(names))
        return {row["metric"]: row["better"] for row in found.iter_rows(named=True)}

    assert winners() == {"silhouette": 2, "misplaced": 1, "trustworthiness": 1, "duplicate_names": None}
    manifest = json.loads((two_.path / "manifest.json").read_text())
    manifest["stages"]["vectors"]["key"] = "another encoder"
    (two_.path / "manifest.json").write_text(json.dumps(manifest))
    assert winners() == {"silhouette": None, "misplaced": None, "trustworthiness": 1, "duplicate_names": None}


def test_what_was_not_measured_cannot_be_compared(two):
    with pytest.raises(AtlasError, match="has not been measured"):
        compare(two)
    with pytest.raises(ClioscopeError, match="at least two"):
        compare(two[:1])
