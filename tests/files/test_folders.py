"""Whose folder is it? Only what Clioscope marked, or what is empty, is its to remove."""

import pytest

from clioscope.errors import AtlasError
from clioscope.files.folders import begin_work, check_work, end_work, files_below, is_work


def test_work_begins_in_a_marked_folder_and_ends_without_one(tmp_path) -> None:
    work = tmp_path / "deep" / "work"
    begin_work(work)
    (work / "sub").mkdir()
    (work / "sub" / "table.parquet").touch()
    (work / "link").symlink_to(tmp_path)
    begin_work(work)  # what a killed run left goes
    assert [path.name for path in work.iterdir()] == [".clioscope"]
    end_work(work)
    end_work(work)
    assert tmp_path.exists() and not work.exists()


def test_an_empty_folder_may_be_taken_and_anything_else_is_refused(tmp_path) -> None:
    (tmp_path / "empty").mkdir()
    assert is_work(tmp_path / "empty")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / ".lock").touch()
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to(tmp_path / "empty")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    check_work(tmp_path / "absent")
    for name in ("full", "file", "link", "dangling"):
        for act in (check_work, begin_work, end_work):
            with pytest.raises(AtlasError, match=f"{name}: .* did not make what is there; rename it"):
                act(tmp_path / name)


def test_files_below_a_folder_without_hidden_ones_and_our_own(tmp_path) -> None:
    for name in ("a", "in/b", "in/.c", ".git/d", "work/e", "work/.clioscope", "atlas/tree/f"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "atlas" / "manifest.json").write_text('{"format": "clioscope-atlas"}')
    assert sorted(str(path.relative_to(tmp_path)) for path in files_below(tmp_path)) == ["a", "in/b"]
