"""Trees of edited atlases, where a build has groups without conversations."""

import polars as pl
import pytest
from conftest import make_records, write_jsonl

import clioscope
from clioscope.errors import AtlasError
from clioscope.settings import load_settings

BOOK = """
[[categories]]
code = "all"
name = "Everything at home"
description = "sourdough bread, python function, travel, poems"

[[categories]]
code = "other"
name = "Whatever is left"
rest = true
"""


def test_categories_that_hold_nothing_stay(tmp_path) -> None:
    (tmp_path / "book.toml").write_text(BOOK, encoding="utf-8")
    settings = load_settings(
        model__name="none",
        embedding__model="hash",
        layout__method="pca",
        codebook__file=str(tmp_path / "book.toml"),
        codebook__false_refusals=0,
        facets__use=("language", "length"),
    )
    before = clioscope.build(write_jsonl(tmp_path / "chats.jsonl", make_records(40)), tmp_path / "atlas", settings)
    [empty] = before.tree.filter(pl.col("conversations") == 0)["group"]
    after = before.edit.note(empty, "nobody asked yet")
    assert after.tree.drop("note", "pinned", "colour", "edited").equals(before.tree)
    assert after.tree.filter(group=empty)["note"].to_list() == ["nobody asked yet"]
    with pytest.raises(AtlasError, match="holds no conversations"):
        after.edit.rename(empty, "Leftovers")
    assert empty not in after.edit.hide(empty).tree["group"].to_list()
