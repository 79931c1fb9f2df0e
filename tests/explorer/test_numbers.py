"""Exact numbers for the page's means."""

import shutil

import numpy as np
import polars as pl

import clioscope
from clioscope.atlas.files import write_table
from clioscope.explorer import make_view
from clioscope.explorer.container import unpack


def test_numbers_are_exact_and_those_of_the_rows(atlas) -> None:
    header, arrays = unpack(make_view(atlas))
    columns = {one["name"]: one for one in header["columns"]}
    rows = atlas.clusters.select("conversation").join(
        atlas.facets, on="conversation", how="left", maintain_order="left"
    )
    assert arrays[columns["concern"]["numbers"]].tolist() == rows["concern"].to_list()
    assert "numbers" not in columns["plan"]
    assert "numbers" not in columns["hour"]
    assert not any(one.get("partly") for one in header["columns"])


def test_what_is_inferred_has_no_number(atlas, tmp_path) -> None:
    copy = clioscope.open(shutil.copytree(atlas.path, tmp_path / "copy"))
    facets = copy.facets.with_columns(asked=pl.int_range(pl.len()) % 2 == 0)
    write_table(copy.path / "facets.parquet", facets)
    header, arrays = unpack(make_view(clioscope.open(copy.path)))
    column = next(one for one in header["columns"] if one["name"] == "concern")
    assert column["partly"] is True
    numbers = arrays[column["numbers"]]
    asked = copy.clusters.select("conversation").join(facets, on="conversation", how="left", maintain_order="left")[
        "asked"
    ]
    assert np.array_equal(np.isfinite(numbers), asked.to_numpy())


def test_a_published_view_has_none(published) -> None:
    assert not any("numbers" in one for one in unpack(make_view(published))[0]["columns"])
