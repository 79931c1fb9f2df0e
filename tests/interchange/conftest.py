"""An atlas that kept its transcripts, for tools that show or count texts."""

import pytest
from conftest import make_records, two_levels, write_jsonl

import clioscope


@pytest.fixture(scope="session")
def kept(tmp_path_factory):
    """60 conversations in two levels, two of them copies, with transcripts."""
    folder = tmp_path_factory.mktemp("kept")
    records = make_records(60)
    records += [dict(record, id=f"copy-{record['id']}") for record in records[:2]]
    settings = two_levels(8, 3, input__keep_transcripts=True)
    return clioscope.build(write_jsonl(folder / "chats.jsonl", records), folder / "atlas", settings, progress=False)
