"""Atlases that the explorer's tests share, built once by the real pipeline with the fake model."""

import pytest
from conftest import make_records, write_jsonl

import clioscope
from clioscope.settings import load_settings


@pytest.fixture(scope="session")
def atlas(tmp_path_factory):
    """240 conversations with dates, users, metadata, copies and kept transcripts."""
    folder = tmp_path_factory.mktemp("explorer")
    records = make_records(200)
    records += [dict(record, id=f"copy-{record['id']}") for record in records[:40]]
    settings = load_settings(
        model__name="fake",
        embedding__model="hash",
        naming__show=("request",),
        layout__method="pca",
        input__metadata=("plan",),
        input__keep_transcripts=True,
    )
    return clioscope.build(write_jsonl(folder / "chats.jsonl", records), folder / "atlas", settings)


@pytest.fixture(scope="session")
def published(atlas, tmp_path_factory):
    """The same, published."""
    from clioscope.settings import PrivacySettings

    settings = PrivacySettings(min_conversations=4, min_users=2)
    return clioscope.publish(atlas, tmp_path_factory.mktemp("published") / "atlas", settings)
