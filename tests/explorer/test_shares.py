"""Estimated shares and inferred values, as the page gets them."""

import numpy as np
import polars as pl
import pytest
from conftest import make_records, write_jsonl

import clioscope
from clioscope.explorer.columns import facet_columns
from clioscope.explorer.shares import SCALE, UNKNOWN, add_probabilities, add_shares
from clioscope.settings import load_settings


@pytest.fixture(scope="module")
def atlas(tmp_path_factory):
    """240 conversations, of which 60 were asked, and a few more in small groups."""
    folder = tmp_path_factory.mktemp("few")
    path = write_jsonl(folder / "chats.jsonl", make_records(240))
    settings = load_settings(model__name="fake", embedding__model="hash", layout__method="pca", facets__ask=60)
    return clioscope.build(path, folder / "atlas", settings)


def test_shares_stand_by_group_and_value(atlas) -> None:
    columns = [
        {"name": "concern", "values": ["everyday", "sensitive", "questionable", "harmful", "dangerous"]},
        {"name": "language", "values": ["en"]},
    ]
    groups, arrays = atlas.tree["group"].to_list(), {}
    add_shares(atlas, columns, groups, arrays)
    assert "shares" not in columns[1], "known of all"
    found = arrays[columns[0]["shares"]].reshape(len(groups) + 1, 5, 3)
    table = atlas.table("shares").filter(pl.col("facet") == "concern")
    for group, here, told in zip([*groups, ""], found, columns[0]["told"], strict=True):
        rows = table.filter(pl.col("group") == group).sort("value")
        assert rows["share"].to_numpy() == pytest.approx(here[:, 0] / SCALE, abs=1e-4)
        assert told == [rows["asked"][0], rows["inferred"][0]]
    assert (
        (found != UNKNOWN).all() and (found[..., 1] <= found[..., 0]).all() and (found[..., 0] <= found[..., 2]).all()
    )


def test_an_inferred_value_has_its_probability_and_a_said_one_none(atlas) -> None:
    rows = atlas.clusters
    columns, arrays = [{"name": column.name} for column in facet_columns(atlas, rows)], {}
    add_probabilities(atlas, columns, rows, arrays)
    field = next(column for column in columns if column["name"] == "field")
    asked = rows.join(atlas.facets, on="conversation", how="left", maintain_order="left")["asked"].to_numpy()
    sure = arrays[field["sure"]]
    assert not sure[asked].any() and sure[~asked].max() > 50 and sure.dtype == np.uint8
    assert not any("sure" in column for column in columns if column["name"] == "language")
