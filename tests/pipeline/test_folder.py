"""The folder that an atlas is made in: it is whole or absent, and nobody else's folder is touched."""

import fcntl
import json
import os

import polars as pl
import pytest

from clioscope.atlas.files import write_json, write_table
from clioscope.errors import AtlasError, InputError
from clioscope.files.folders import LOCK, end_work, manifest_of
from clioscope.pipeline.folder import BuildFolder, restore, take_file

TABLE = pl.DataFrame({"a": [1, 2]})


@pytest.fixture
def place_in(tmp_path):
    source = tmp_path / "in.jsonl"
    source.write_text("{}\n")

    def make(**options):
        return BuildFolder(tmp_path / "out" / "atlas", [source], **options)

    return make


def atlas_in(folder, make, mark) -> None:
    folder.mkdir(parents=True)
    manifest = {"format": "clioscope-atlas", "version": 1, "sources": make.sources, "stages": {}, "mark": mark}
    write_json(folder / "manifest.json", manifest)


def test_killed_between_the_two_renames_the_old_atlas_comes_back(place_in) -> None:
    make = place_in()
    atlas_in(make.folder, make, "new")
    (make.folder / ".clioscope").touch()
    atlas_in(make.folder / ".replaced", make, "old")
    with make as one:
        assert manifest_of(one.folder)["mark"] == "new"
        assert json.loads((make.out / "manifest.json").read_text())["mark"] == "old"
        assert not (make.folder / ".replaced").exists()


def test_killed_after_the_two_renames_what_they_left_goes(place_in) -> None:
    make = place_in()
    atlas_in(make.out, make, "new")
    (make.out / ".clioscope").touch()
    (make.out / ".lock").touch()
    atlas_in(make.out / ".replaced", make, "old")
    with make as one:
        assert manifest_of(one.folder)["mark"] == "new"
    assert [path.name for path in make.out.iterdir()] == ["manifest.json"]


@pytest.mark.parametrize("present", [True, False])
def test_folders_of_the_user_are_left_as_they_are(place_in, tmp_path, present) -> None:
    """OUT.old is nobody's business; OUT.building and OUT.building.part are refused, with or without an atlas."""
    make = place_in()
    if present:
        atlas_in(make.out, make, "mine")
    old = make.out.with_name("atlas.old")
    atlas_in(old, make, "backup")
    with make:
        pass
    assert json.loads((old / "manifest.json").read_text())["mark"] == "backup"
    assert make.out.exists() is present
    for name in ("atlas.building", "atlas.building.part"):
        end_work(make.folder)
        theirs = make.out.with_name(name)
        theirs.mkdir(parents=True)
        (theirs / "thesis.txt").write_text("mine")
        with pytest.raises(AtlasError, match=rf"{name}: .* rename it, or give another output folder\.$"), place_in():
            pass
        assert (theirs / "thesis.txt").read_text() == "mine"
        (theirs / "thesis.txt").unlink()
        theirs.rmdir()


def test_a_finished_atlas_of_that_name_is_the_users_too(place_in) -> None:
    make = place_in()
    atlas_in(make.folder, make, "mine")
    with pytest.raises(AtlasError, match="rename it"), make:
        pass
    (make.folder / ".lock").touch()  # half-built, by a version that knew no mark
    with make as one:
        assert manifest_of(one.folder)["mark"] == "mine"


def test_killed_before_the_answers_were_moved_they_are_taken_later(place_in) -> None:
    make = place_in()
    atlas_in(make.out, make, "mine")
    (make.out / "answers.sqlite").write_bytes(b"answers")
    atlas_in(make.folder, make, "mine")
    (make.folder / ".clioscope").touch()
    with make as one:
        assert (one.folder / "answers.sqlite").read_bytes() == b"answers"


@pytest.mark.parametrize("present", [True, False])
def test_an_error_before_anything_was_done_leaves_nothing(place_in, present) -> None:
    make = place_in()
    if present:
        atlas_in(make.out, make, "mine")
        (make.out / "answers.sqlite").write_bytes(b"answers")
    with pytest.raises(InputError), make:
        raise InputError("in.jsonl: there are no conversations in it.")
    assert not make.folder.exists()
    assert not present or (make.out / "answers.sqlite").read_bytes() == b"answers"
    with pytest.raises(InputError), place_in() as one:
        write_json(one.folder / "manifest.json", {"stages": {"conversations": {"key": "k", "files": {}}}})
        raise InputError("No conversation got a yes.")
    assert make.folder.exists()


def test_the_finished_atlas_stays_as_it_is_while_work_goes_on(place_in) -> None:
    make = place_in()
    make.out.mkdir(parents=True)
    manifest = {"format": "clioscope-atlas", "version": 1, "sources": make.sources, "stages": {}}
    write_json(make.out / "manifest.json", manifest)
    (make.out / "facets.parquet").write_bytes(b"old")
    (make.out / "answers.sqlite").write_bytes(b"answers")
    with make as one:
        write_table(one.folder / "facets.parquet", TABLE)
    assert (make.out / "facets.parquet").read_bytes() == b"old"
    assert json.loads((make.out / "manifest.json").read_text()) == manifest
    assert (one.folder / "answers.sqlite").read_bytes() == b"answers"


def test_one_build_at_a_time(place_in) -> None:
    with place_in(), pytest.raises(AtlasError, match="another build of this atlas is running"), place_in():
        pass
    with place_in():
        pass


def test_places_where_no_atlas_can_be_are_one_sentence(place_in, tmp_path) -> None:
    make = place_in()
    make.out.parent.mkdir()
    make.out.write_text("a file")
    with pytest.raises(AtlasError, match="is a file; --out takes a folder"), make:
        pass
    make.out.unlink()
    make.out.mkdir()
    with place_in():
        pass
    write_json(make.out / "manifest.json", {"format": "clioscope-atlas", "version": 1, "published": True})
    with pytest.raises(AtlasError, match="is a published atlas"), place_in():
        pass
    (tmp_path / "in.jsonl").unlink()
    with pytest.raises(InputError, match="no such file"), place_in():
        pass


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_is_one_sentence(place_in, tmp_path) -> None:
    (tmp_path / "out").mkdir(mode=0o500)
    with pytest.raises(AtlasError, match="cannot be written"), place_in():
        pass


def test_a_disk_that_fills_up_is_one_sentence(place_in) -> None:
    with (
        pytest.raises(AtlasError, match=r"No space left on device.*run the same command again"),
        place_in() as place,
    ):
        (place.folder / "manifest.json").write_text('{"stages": {"conversations": {"key": "k", "files": {}}}}')
        (place.folder / "facets.parquet.part").symlink_to("/dev/full")
        write_table(place.folder / "facets.parquet", TABLE)
    assert place.folder.exists() and not place.out.exists()


def test_tables_are_linked_and_what_may_be_changed_in_place_is_copied(tmp_path) -> None:
    (tmp_path / "to").mkdir()
    for name in ("tree.parquet", "plain.npy", "edits.jsonl", "open.parquet"):
        (tmp_path / name).write_text(name)
        (tmp_path / name).chmod(0o644 if name == "open.parquet" else 0o600)
        take_file(tmp_path / name, tmp_path / "to")
        assert (tmp_path / "to" / name).read_text() == name
        assert (tmp_path / "to" / name).stat().st_mode & 0o777 == 0o600
    linked = {path.name for path in (tmp_path / "to").iterdir() if path.samefile(tmp_path / path.name)}
    assert linked == {"tree.parquet", "plain.npy"}


def test_an_atlas_that_was_taken_out_of_its_place_is_put_back_unless_somebody_works_there(tmp_path) -> None:
    waiting = tmp_path / "atlas.building" / ".replaced"
    waiting.mkdir(parents=True)
    (waiting / "manifest.json").write_text("{}")
    with (tmp_path / "atlas.building" / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        restore(tmp_path / "atlas")
        assert waiting.exists() and not (tmp_path / "atlas").exists()
    restore(tmp_path / "atlas")
    assert not waiting.exists() and (tmp_path / "atlas" / "manifest.json").exists()
    restore(tmp_path / "atlas")
    restore(tmp_path / "nothing")
    assert not (tmp_path / "nothing").exists()
