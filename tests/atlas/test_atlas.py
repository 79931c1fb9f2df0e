"""An atlas on disk: what it gives, and what it says of a folder that is none."""

import json
import os
import shutil

import numpy as np
import polars as pl
import pytest

import clioscope
from clioscope.atlas import Atlas
from clioscope.atlas.files import write_array, write_json, write_table
from clioscope.errors import AtlasError


@pytest.fixture
def copy(finished, tmp_path):
    """A copy of the finished atlas to break."""
    return shutil.copytree(finished.path, tmp_path / "atlas")


def test_rows_of_tables_and_arrays_belong_together(finished) -> None:
    assert finished.vectors.shape[0] == finished.conversations.height == finished.facets.height == 60
    assert finished.facets["conversation"].to_list() == finished.clusters["conversation"].to_list()
    base = finished.manifest["base_groups"]
    assert finished.centroids.shape == (len(base), finished.vectors.shape[1])
    nearest = (finished.vectors @ finished.centroids.T).argmax(axis=1)
    assert [base[row] for row in nearest] == finished.clusters["group"].to_list()


def test_every_conversation_is_a_member_once_a_level(finished) -> None:
    rows = finished.membership.join(finished.tree.select("group", "level"), on="group")
    assert rows.group_by("level").len().sort("level").rows() == [(0, 60), (1, 60)]
    sums = dict(rows.group_by("group").agg(pl.col("count").sum()).iter_rows())
    assert sums == dict(finished.tree.select("group", "count").iter_rows())


def test_members_of_a_parent_are_those_of_its_children(finished) -> None:
    top = finished.tree.filter(pl.col("level") == 1)["group"][0]
    children = finished.tree.filter(pl.col("parent") == top)["group"]
    below = pl.concat([finished.members(child) for child in children])
    assert sorted(finished.members(top)["conversation"]) == sorted(below["conversation"])
    assert finished.members(top).columns == finished.facets.columns
    with pytest.raises(AtlasError, match="there is no group 'g0'"):
        finished.members("g0")


def test_its_picture_says_how_much_it_holds(finished) -> None:
    assert repr(finished) == f"<Atlas {finished.path}: 60 conversations, {finished.tree.height} groups>"


def test_what_was_not_kept_is_said(finished) -> None:
    with pytest.raises(AtlasError, match="no table 'transcripts'; this atlas was built without it"):
        finished.transcripts  # noqa: B018
    with pytest.raises(AtlasError, match="no array 'nothing'"):
        finished.array("nothing")


@pytest.mark.parametrize(
    ("manifest", "said"),
    [
        ("{", "cannot be read"),
        ("[]", "belongs to something else"),
        ('{"format": "other"}', "belongs to something else"),
        ('{"format": "clioscope-atlas", "version": 99}', "has atlas version 99.*build it again"),
        ("\udcff", "cannot be read"),
    ],
)
def test_a_manifest_of_something_else_is_one_sentence(copy, manifest, said) -> None:
    (copy / "manifest.json").write_bytes(manifest.encode("utf-8", "surrogateescape"))
    with pytest.raises(AtlasError, match=said):
        clioscope.open(copy)


def test_a_folder_that_is_no_atlas_is_one_sentence(tmp_path) -> None:
    with pytest.raises(AtlasError, match=r"not an atlas\.$"):
        clioscope.open(tmp_path)
    with pytest.raises(AtlasError, match=r"not an atlas\.$"):
        clioscope.open(tmp_path / "absent")
    (tmp_path / "half.building").mkdir()
    with pytest.raises(AtlasError, match="its build did not finish"):
        clioscope.open(tmp_path / "half")
    (tmp_path / "file").write_text("x")
    with pytest.raises(AtlasError, match=r"file: not an atlas, because an atlas is a folder"):
        clioscope.open(tmp_path / "file")


def test_broken_files_are_one_sentence(copy) -> None:
    (copy / "tree.parquet").write_bytes(b"PAR1 not really")
    (copy / "plain.npy").write_bytes(b"not an array")
    np.save(copy / "centroids.npy", np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(AtlasError, match=r"tree\.parquet cannot be read"):
        Atlas(copy).tree  # noqa: B018
    with pytest.raises(AtlasError, match=r"plain\.npy cannot be read"):
        Atlas(copy).vectors  # noqa: B018
    with pytest.raises(AtlasError, match=r"centroids\.npy cannot be read"):
        Atlas(copy).centroids  # noqa: B018
    assert Atlas(copy).facets.height == 60


def test_only_what_passed_the_screener_is_shown(copy) -> None:
    whole = Atlas(copy).conversations
    kept = [name for place, name in enumerate(whole["conversation"]) if place % 3]
    write_table(
        copy / "screened.parquet",
        whole.select("conversation").with_columns(kept=pl.col("conversation").is_in(kept)),
    )
    assert Atlas(copy).conversations["conversation"].to_list() == kept
    assert set(Atlas(copy).occurrences["conversation"]) == set(kept)


WRITERS = {
    "json": lambda path, fill: write_json(path, {"a": fill}),
    "parquet": lambda path, fill: write_table(path, pl.DataFrame({"a": [fill]})),
    "npy": lambda path, fill: write_array(path, np.array([fill])),
}


@pytest.mark.parametrize("kind", WRITERS)
def test_a_file_is_written_whole_or_not_at_all(kind, tmp_path, monkeypatch) -> None:
    path = tmp_path / f"file.{kind}"
    WRITERS[kind](path, 1)
    before = path.read_bytes()
    (tmp_path / f"file.{kind}.part").symlink_to("/dev/full")
    with pytest.raises(OSError):
        WRITERS[kind](path, 2)
    assert path.read_bytes() == before

    def killed(*names):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", killed)
        with pytest.raises(KeyboardInterrupt):
            WRITERS[kind](path, 3)
    assert path.read_bytes() == before
    WRITERS[kind](path, 4)
    assert path.read_bytes() != before
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


def test_json_keeps_scripts_and_writes_paths_and_dates(tmp_path) -> None:
    write_json(tmp_path / "m.json", {"name": "مطبخ 🎉", "path": tmp_path})
    assert json.loads((tmp_path / "m.json").read_text()) == {"name": "مطبخ 🎉", "path": str(tmp_path)}
    assert "مطبخ 🎉" in (tmp_path / "m.json").read_text()
