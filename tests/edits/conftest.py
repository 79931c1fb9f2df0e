"""A small atlas whose groups are edited, copied for every test that edits it."""

import shutil

import pytest
from conftest import make_records, two_levels, write_jsonl

import clioscope


@pytest.fixture(scope="session")
def plain(tmp_path_factory):
    """80 conversations of 17 people in 10 base groups under 4 larger ones; names by the fake model."""
    folder = tmp_path_factory.mktemp("edits")
    settings = two_levels(10, 4, input__keep_transcripts=True, input__metadata=("plan",))
    return clioscope.build(write_jsonl(folder / "chats.jsonl", make_records(80)), folder / "atlas", settings)


@pytest.fixture
def atlas(plain, tmp_path):
    """A copy of it, to edit."""
    shutil.copytree(plain.path, tmp_path / "atlas")
    return clioscope.open(tmp_path / "atlas")


@pytest.fixture
def families(atlas):
    """The base groups of each larger group that has several, the widest first."""
    import polars as pl

    base = atlas.tree.filter((pl.col("level") == 0) & pl.col("parent").is_not_null())
    found = [part["group"].to_list() for part in base.partition_by("parent", maintain_order=True)]
    return sorted(found, key=len, reverse=True)
