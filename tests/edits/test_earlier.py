"""The lineage of an atlas that was built after an edited one."""

import shutil

import polars as pl

import clioscope
from clioscope.atlas.membership import members_of
from clioscope.edits.replay import replay
from clioscope.lineage.table import lineage_table


def test_a_hidden_group_is_neither_new_nor_gone(atlas, families, tmp_path) -> None:
    before = tmp_path / "before"
    shutil.copytree(atlas.path, before)
    members = members_of(atlas.clusters, atlas.tree)
    lineage_table(atlas.tree, atlas.tree, members, members).write_parquet(atlas.path / "lineage.parquet")
    replay(atlas.path, before)
    group = families[0][0]
    name = atlas.tree.filter(group=group)["name"][0]
    after = clioscope.open(atlas.path).edit.hide(group)
    found = after.table("lineage")
    assert name not in found["name"].to_list() and group not in found["before"].explode().to_list()
    assert set(found["fate"]) == {"continued"} and found.filter(pl.col("level") == 0).height == 9
