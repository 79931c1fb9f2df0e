"""Two months of invented conversations, as two atlases and as one."""

import pytest
from conftest import TOPICS, fake_settings, make_records, write_jsonl

import clioscope

MARCH = {"bread": 1, "python": 1, "travel": 2, "poem": 1}  # every how many records of a topic there are
APRIL = {"bread": 2, "python": 1, "travel": 1, "excel": 1}
SETTINGS = {
    "clustering__method": "kmeans",
    "clustering__clusters": 8,
    "hierarchy__levels": 2,
    "hierarchy__top": 4,
    "naming__show": ("request",),
    "facets__use": ("request", "concern", "language", "length"),
    "input__keep_transcripts": True,
}


def month(number, topics, count=400):
    """The records of a month: of some topics, by 29 people. No text is that of another month."""
    kept = []
    for place, record in enumerate(make_records(count, seed=number)):
        every = topics.get(list(TOPICS)[place % len(TOPICS)])
        if every is None or place // len(TOPICS) % every:
            continue
        text = record["messages"][0]["content"].replace("Case", f"Case {number}.")
        messages = [{"role": "user", "content": text}, *record["messages"][1:]]
        date = f"2026-{number:02d}-{1 + place % 28:02d}T08:00:00Z"
        about = {"id": f"{number}-{place}", "user_id": f"u{place % 29}", "created_at": date, "metadata": {}}
        kept.append(record | about | {"messages": messages})
    return kept


def topic_of(atlas, group):
    """The topic that most of a group's conversations are about."""
    ids = atlas.membership.filter(atlas.membership["group"] == group)["conversation"]
    texts = atlas.transcripts.filter(atlas.transcripts["conversation"].is_in(ids.implode()))["text"]
    marks = {"bread": "sourdough", "python": "python", "travel": "Georgia", "poem": "poem", "excel": "excel"}
    return max(marks, key=lambda topic: texts.str.contains(marks[topic]).sum())


@pytest.fixture(scope="session")
def months(tmp_path_factory):
    """Atlases of March, of April, and of both: bread halves, travel doubles, python stays, poems end, excel begins."""
    folder = tmp_path_factory.mktemp("months")
    records = {"march": month(3, MARCH), "april": month(4, APRIL)}
    records["both"] = records["march"] + records["april"]
    return {
        name: clioscope.build(write_jsonl(folder / f"{name}.jsonl", own), folder / name, fake_settings(**SETTINGS))
        for name, own in records.items()
    }
