"""An atlas with a planted rise, built once."""

import random

import pytest
from conftest import fake_settings, make_records, write_jsonl

import clioscope
from clioscope.settings import load_settings


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


@pytest.fixture(scope="session")
def segmented(tmp_path_factory):
    """60 conversations that turn from one topic to another, two copies among them, nobody's user id; errors rise."""
    folder = tmp_path_factory.mktemp("segmented")
    talk = [one["messages"] for one in make_records(140)]

    def three(first: int) -> list[dict]:
        """Three questions on one topic."""
        return [message for number in (first, first + 5, first + 10) for message in talk[number]]

    records = [
        {
            "id": f"s{number}",
            "created_at": f"2026-03-{1 + number % 28:02}T10:00:00Z",
            "messages": [*three(number), *(three(number + 61) if number % 3 else ())],
            "metadata": {"error": number % 28 > 13 and number % 2 == 0},
        }
        for number in range(60)
    ]
    records += [dict(records[number], id=f"copy{number}") for number in (1, 2)]
    settings = load_settings(
        model__name="none",
        embedding__model="hash",
        layout__method="pca",
        segments__split=True,
        clustering__clusters=5,
        hierarchy__top=2,
        input__metadata=("error",),
    )
    return clioscope.build(write_jsonl(folder / "chats.jsonl", records), folder / "atlas", settings)
