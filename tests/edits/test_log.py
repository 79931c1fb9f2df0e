"""The file of edits, and who may write it."""

import pytest

from clioscope.edits.log import append, editing, read_log
from clioscope.edits.operation import new_operation
from clioscope.errors import AtlasError


def test_a_text_may_hold_any_kind_of_line_break(tmp_path) -> None:
    text = "one\u2028two\x85three\x0bfour\nfive"
    append(tmp_path, [new_operation("note", "ada", group="g1", text=text)])
    log = read_log(tmp_path)
    assert [one.details["text"] for one in log.operations] == [text] and not log.unread


def test_a_line_that_was_cut_off_is_told_by_its_number(tmp_path) -> None:
    (tmp_path / "edits.jsonl").write_text('\n{"id": "x"', encoding="utf-8")
    append(tmp_path, [new_operation("audit", "ada")])
    log = read_log(tmp_path)
    assert [str(one.said) for one in log.unread] == ["line 2 is no JSON"] and len(log.operations) == 1


def test_the_lock_is_given_back_after_an_error(tmp_path) -> None:
    with pytest.raises(RuntimeError), editing(tmp_path):
        raise RuntimeError
    with editing(tmp_path), pytest.raises(AtlasError, match="being edited"), editing(tmp_path):
        pass
    assert not list(tmp_path.iterdir())
    with pytest.raises(AtlasError, match="cannot be written"), editing(tmp_path / "gone"):
        pass
