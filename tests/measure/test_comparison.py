"""Atlases side by side."""

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


def test_what_was_not_measured_cannot_be_compared(two):
    with pytest.raises(AtlasError, match="has not been measured"):
        compare(two)
    with pytest.raises(ClioscopeError, match="at least two"):
        compare(two[:1])
