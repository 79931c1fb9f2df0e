"""An atlas with a planted rise, built once."""

import random

import pytest
from conftest import fake_settings, make_records, write_jsonl

import clioscope


def planted(count=400, seed=1):
    """Records on five topics in two halves of a month. Errors about bread rise from 5 % to 70 %, all others stay.

    ``cost`` is missing in every tenth record; ``vote`` is about bread alone more frequent, and doubles in share later.
    """
    draw = random.Random(seed)
    records = make_records(count)
    for number, record in enumerate(records):
        late, bread = int(record["created_at"][8:10]) > 14, number % 5 == 0
        record["user_id"] = f"u{number % 97}"
        record["metadata"] = {
            "error": draw.random() < (0.7 if late and bread else 0.05),
            "release": "v2" if late else "v1",
        }
        if number % 10:
            record["metadata"]["cost"] = round(1 + draw.random(), 4)
    return records


@pytest.fixture(scope="session")
def atlas(tmp_path_factory):
    """400 conversations and 40 copies of them, with a rise of errors in one topic."""
    folder = tmp_path_factory.mktemp("planted")
    records = planted()
    records += [dict(record, id=f"copy-{record['id']}") for record in records[:40]]
    settings = fake_settings(
        naming__show=("request",),
        clustering__method="kmeans",
        clustering__clusters=10,
        hierarchy__top=5,
        input__metadata=("error", "release", "cost"),
        input__keep_transcripts=True,
    )
    return clioscope.build(write_jsonl(folder / "chats.jsonl", records), folder / "atlas", settings)
