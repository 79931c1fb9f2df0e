"""Atlases whose maps are drawn, built once by the real pipeline with the fake model."""

import pytest
from conftest import make_records, two_levels, write_jsonl

import clioscope
from clioscope.settings import PrivacySettings


@pytest.fixture(scope="session")
def atlas(tmp_path_factory):
    """120 conversations in 10 base groups under 4 larger ones."""
    folder = tmp_path_factory.mktemp("pictures")
    return clioscope.build(write_jsonl(folder / "chats.jsonl", make_records(120)), folder / "atlas", two_levels(10, 4))


@pytest.fixture(scope="session")
def published(atlas, tmp_path_factory):
    """The same, published: groups of fewer than 13 conversations are left out."""
    low = PrivacySettings(min_conversations=13, min_users=3)
    return clioscope.publish(atlas, tmp_path_factory.mktemp("published") / "atlas", low)
