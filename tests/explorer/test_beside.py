"""The comparison that the page gets."""

import shutil

import pytest

import clioscope
from clioscope.errors import AtlasError
from clioscope.explorer.beside import Beside


def test_it_is_made_once_for_a_state(finished, tmp_path) -> None:
    shutil.copytree(finished.path, tmp_path / "earlier")
    beside = Beside(clioscope.open(tmp_path / "earlier"), finished)
    first = beside.comparison(finished, "one")
    assert beside.comparison(finished, "one") is first
    assert beside.comparison(finished, "two") is not first
    assert {row["kind"] for row in first["groups"]} == {"steady"}
    assert {"group", "group_before", "share", "low_before", "change_high", "parts"} <= set(first["groups"][0])
    assert first["notes"][0]["key"] == "by_members"
    assert beside.name == "earlier"


def test_an_atlas_beside_itself_says_nothing(finished) -> None:
    with pytest.raises(AtlasError, match="with itself"):
        Beside(clioscope.open(finished.path), finished)
