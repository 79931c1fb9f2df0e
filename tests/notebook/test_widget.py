"""The widget: the page it holds, and the records of what is chosen in it."""

import numpy as np
import polars as pl
import pytest

import clioscope
from clioscope.errors import AtlasError, ClioscopeError
from clioscope.settings import PrivacySettings

pytest.importorskip("anywidget", reason="anywidget is not here; it comes with clioscope[notebook]")


def choose(explorer, rows) -> None:
    """What the page does when rows are chosen in it."""
    explorer.set_state({"_rows": memoryview(np.array(rows, "<u4").tobytes()), "group": "g"})


def test_it_holds_the_page_and_nothing_is_chosen(finished) -> None:
    explorer = finished.explore(title="March")
    assert "<!doctype html>" in explorer._page[:100].lower() and len(explorer._page) > 300_000
    assert explorer.selection.height == 0
    assert explorer.selection.columns == finished.table().columns


def test_chosen_rows_come_back_as_records(finished) -> None:
    explorer, told = finished.explore(), []
    explorer.on_selection(told.append)
    choose(explorer, [3, 0, 59, 7])
    ids = [finished.clusters["conversation"][row] for row in (0, 3, 7, 59)]
    assert sorted(explorer.conversations) == sorted(ids)
    assert sorted(explorer.selection["conversation"]) == sorted(ids)
    assert explorer.group == "g"
    assert len(told) == 1 and told[0].equals(explorer.selection)


def test_rows_are_counted_among_those_that_are_shown(finished, tmp_path) -> None:
    import shutil

    copy = clioscope.open(shutil.copytree(finished.path, tmp_path / "atlas"))
    hidden = copy.clusters["group"].mode()[0]
    explorer = copy.edit.hide(hidden).explore()
    shown = copy.clusters.filter(pl.col("group") != hidden)["conversation"]
    choose(explorer, range(len(shown)))
    assert sorted(explorer.selection["conversation"]) == sorted(shown)
    choose(explorer, [10_000])  # of no page of this atlas
    assert explorer.selection.height == 0


def test_a_published_atlas_has_no_records(finished, tmp_path) -> None:
    copy = clioscope.publish(finished, tmp_path / "public", PrivacySettings(min_conversations=4, min_users=2))
    explorer = clioscope.explore(copy.path)
    assert explorer.conversations.len() == 0
    with pytest.raises(AtlasError, match="holds no conversations"):
        explorer.selection  # noqa: B018


def test_without_the_package_it_says_what_to_install(finished, monkeypatch) -> None:
    import sys

    monkeypatch.delitem(sys.modules, "clioscope.notebook.widget", raising=False)
    monkeypatch.setitem(sys.modules, "anywidget", None)
    with pytest.raises(ClioscopeError, match="needs the package anywidget; install it with pip install"):
        finished.explore()
