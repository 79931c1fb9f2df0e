"""The file of what could not be used: whole or absent."""

import json
from pathlib import Path

import pytest

from clioscope.conversations.conversation import Rejected
from clioscope.conversations.rejects import RejectsFile
from clioscope.errors import AtlasError

ONE = Rejected("a.jsonl", 3, "messages: expected a list, found نص 🎉")
TWO = Rejected("a.jsonl", 7, "half of a pair \ud83d")


def test_records_appear_together_when_kept(tmp_path: Path) -> None:
    path = tmp_path / "new" / "rejected.jsonl"
    with RejectsFile(path) as rejects:
        rejects.add(Rejected("a.jsonl", 2, "created_at: 'soon' is not a date", "field"))
        rejects.add(ONE)
        rejects.add(TWO)
        assert not path.exists()
        rejects.keep()
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert rows[1] == {"file": "a.jsonl", "line": 3, "kind": "record", "reason": ONE.reason}
    assert [(row["line"], row["kind"]) for row in rows] == [(2, "field"), (3, "record"), (7, "record")]
    assert (rejects.count, rejects.flawed, rejects.first) == (2, 1, ONE)
    assert [one.name for one in path.parent.iterdir()] == ["rejected.jsonl"]


@pytest.mark.parametrize("failed", [False, True])
def test_left_without_keeping_nothing_stays_and_the_old_file_does(tmp_path: Path, failed: bool) -> None:
    path = tmp_path / "rejected.jsonl"
    path.write_text("old\n")
    try:
        with RejectsFile(path) as rejects:
            rejects.add(ONE)
            if failed:
                raise KeyboardInterrupt
    except KeyboardInterrupt:
        assert failed
    assert path.read_text() == "old\n"
    assert len(list(tmp_path.iterdir())) == 1


def test_with_nothing_rejected_the_old_file_goes(tmp_path: Path) -> None:
    path = tmp_path / "rejected.jsonl"
    path.write_text("old\n")
    with RejectsFile(path) as rejects:
        rejects.keep()
    assert list(tmp_path.iterdir()) == []
    assert (rejects.count, rejects.first) == (0, None)


def test_without_a_path_records_are_counted() -> None:
    with RejectsFile(None) as rejects:
        rejects.add(ONE)
        rejects.keep()
    assert (rejects.count, rejects.first) == (1, ONE)


def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with (
        RejectsFile(tmp_path / "file" / "rejected.jsonl") as rejects,
        pytest.raises(AtlasError, match=r"rejected\.jsonl: the file cannot be written"),
    ):
        rejects.add(ONE)
    (tmp_path / "rejected.jsonl").mkdir()
    with RejectsFile(tmp_path / "rejected.jsonl") as rejects, pytest.raises(AtlasError, match="cannot be written"):
        rejects.add(ONE)
        rejects.keep()
    assert sorted(one.name for one in tmp_path.iterdir()) == ["file", "rejected.jsonl"]


def test_a_full_disk_is_one_sentence(tmp_path: Path) -> None:
    rejects = RejectsFile(tmp_path / "rejected.jsonl")
    assert rejects._partial is not None
    rejects._partial.symlink_to("/dev/full")
    with rejects, pytest.raises(AtlasError, match="No space left on device"):
        for line in range(5000):
            rejects.add(Rejected("a.jsonl", line, "x" * 100))
    assert list(tmp_path.iterdir()) == []
