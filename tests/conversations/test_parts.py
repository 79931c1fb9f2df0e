"""A reading in parts gives what one reading of all files gives."""

import pickle

import pytest
from conftest import make_records, write_jsonl

from clioscope.conversations.collect import collect_conversations
from clioscope.conversations.parts import check_parts, collect_parts, cut_part, read_part
from clioscope.errors import InputError, SettingsError
from clioscope.settings import InputSettings

PREAMBLE = "You are the helper of a shop that sells garden tools; answer briefly and in the language of the question: "


def in_parts(files, settings, rejected=None):
    """Each part goes through pickle, as it does on its way from a node."""
    back = lambda value: pickle.loads(pickle.dumps(value))  # noqa: E731
    return collect_parts(
        [str(path) for path in files],
        settings,
        rejected,
        (back(read_part(path, str(path), settings)) for path in reversed(files)),
        lambda templates: (back(cut_part(path, settings, templates)) for path in files),
    )


@pytest.fixture
def files(tmp_path):
    """Three files: contents that occur in several, a preamble that many share, users, dates, and broken records."""
    records = make_records(150)
    for number in range(0, 150, 2):
        records[number]["messages"][0]["content"] = PREAMBLE + records[number]["messages"][0]["content"]
    (tmp_path / "in").mkdir()
    parts = records[:60], records[50:110], records[100:]
    made = [write_jsonl(tmp_path / "in" / f"{number}.jsonl", part) for number, part in enumerate(parts)]
    with made[1].open("a") as file:
        file.write('{"id": "x", "messages": []}\n{"messages": [{"role": "user", "con')
    return made


def test_all_tables_and_figures_are_those_of_one_reading(files, tmp_path) -> None:
    settings = InputSettings(metadata=("plan",))
    one = collect_conversations(files, settings, 0, tmp_path / "one.jsonl")
    other = in_parts(files, settings, tmp_path / "other.jsonl")
    assert one.shared and one.conversations.height == 150
    for name in ("conversations", "occurrences", "transcripts"):
        assert getattr(other, name).equals(getattr(one, name)), name
    for name in ("read", "rejected", "flawed", "unread", "lines", "templates", "shared"):
        assert getattr(other, name) == getattr(one, name), name
    assert sorted(other.remarks) == sorted(one.remarks)
    assert (tmp_path / "other.jsonl").read_text() == (tmp_path / "one.jsonl").read_text()


def test_a_file_that_cannot_be_read_costs_itself_only(files, tmp_path) -> None:
    (tmp_path / "in" / "9.jsonl").write_bytes(b"")
    collected = in_parts([*files, tmp_path / "in" / "9.jsonl"], InputSettings(), tmp_path / "rejected.jsonl")
    assert (collected.unread, collected.conversations.height) == (1, 150)
    assert "the file is empty" in (tmp_path / "rejected.jsonl").read_text()
    with pytest.raises(InputError, match=r"no file in it can be read; the first .*9\.jsonl"):
        in_parts([tmp_path / "in" / "9.jsonl"], InputSettings())


def test_the_outcome_names_what_the_files_are_called_elsewhere(files) -> None:
    part = read_part(files[1], "s3://bucket/1.jsonl", InputSettings())
    assert {one.file for one in part.rejects} == {"s3://bucket/1.jsonl"}
    assert [one.name for one in part.report.files] == ["s3://bucket/1.jsonl"]
    assert str(files[1]) not in repr((part.report.notes, part.rejects))


def test_what_needs_all_files_is_said(tmp_path) -> None:
    with pytest.raises(SettingsError, match="leave --sample out"):
        check_parts(InputSettings(sample=10))
    line = '{"timestamp":"2026-03-01T00:00:00Z","type":"response_item","payload":{"type":"message","role":"user",'
    path = tmp_path / "rollout.jsonl"
    path.write_text(line + '"content":[{"type":"input_text","text":"Why is the sky blue?"}]}}\n')
    with pytest.raises(InputError, match="of the format codex may lie in several files"):
        read_part(path, "s3://b/rollout.jsonl", InputSettings(format="codex"))


def test_a_named_column_that_no_file_has_is_an_error(files) -> None:
    with pytest.raises(InputError, match="no record has the column 'plan_id'"):
        in_parts(files, InputSettings(id_column="plan_id"))
    settings = InputSettings(metadata=("nothing",))
    with pytest.raises(InputError, match="no record has the metadata field 'nothing'"):
        in_parts(files, settings)
