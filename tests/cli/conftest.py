"""An atlas as the command makes it."""

import shutil

import pytest
from commands import FAKE, run_cli
from conftest import make_records, write_jsonl


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """An atlas of 60 conversations, built once by the command."""
    folder = tmp_path_factory.mktemp("built")
    run_cli(
        "build", write_jsonl(folder / "chats.jsonl", make_records(60)), "--out", folder / "atlas", *FAKE, check=True
    )
    return folder / "atlas"


@pytest.fixture
def atlas(built, tmp_path):
    """A copy of it that a test may change."""
    return shutil.copytree(built, tmp_path / "atlas")
