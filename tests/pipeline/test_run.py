"""Where an atlas is made: stages that are done once, and a folder that is whole or absent."""

import json
import os

import numpy as np
import polars as pl
import pytest

from clioscope.atlas.files import write_json
from clioscope.errors import AtlasError, InputError
from clioscope.files.folders import end_work
from clioscope.pipeline.run import Workshop, digest
from clioscope.settings import load_settings

TABLE = pl.DataFrame({"a": [1, 2]})


class Diary:
    """Notes what is reported."""

    def __init__(self):
        self.lines = []

    def begin(self, stage):
        self.lines.append(("begin", stage))

    def step(self, stage, done, total):
        self.lines.append(("step", stage, done, total))

    def end(self, stage, seconds, fresh):
        assert seconds >= 0
        self.lines.append(("end", stage, fresh))


@pytest.fixture
def shop(tmp_path):
    source = tmp_path / "in.jsonl"
    source.write_text("{}\n")

    def make(**options):
        return Workshop(tmp_path / "out" / "atlas", [source], load_settings(model__name="fake"), **options)

    return make


def test_a_stage_is_run_once_and_again_when_its_key_changes(shop) -> None:
    diary = Diary()
    with shop(progress=diary) as first, first.stage("facets", 1) as stage:
        assert not stage.done
        stage.report(1, 2)
        stage.table("facets", TABLE)
        stage.note(read=2)
    assert diary.lines == [("begin", "facets"), ("step", "facets", 1, 2), ("end", "facets", True)]
    with shop(progress=diary) as again:
        done = again.stage("facets", 1)
        assert done.done and done.load("facets").equals(TABLE)
        assert again.manifest["stages"]["facets"]["read"] == 2
        assert not again.stage("facets", 2).done
        assert not again.stage("names", 1).done
    assert diary.lines[3:] == [("end", "facets", False)]


def test_a_stage_after_another_runs_again_with_it(shop) -> None:
    with shop() as one:
        for key in (1, 2):
            with one.stage("facets", key):
                pass
            later = one.stage("vectors", 1, after="facets")
            assert not later.done
            with later:
                later.array("vectors", np.arange(3))
        assert one.stage("vectors", 1, after="facets").done
        assert one.stage("vectors", 1, after="facets").load_array("vectors").tolist() == [0, 1, 2]


def test_a_stage_that_failed_or_whose_file_is_gone_is_not_done(shop) -> None:
    with shop() as one:
        with pytest.raises(ZeroDivisionError), one.stage("facets", 1) as stage:
            stage.table("facets", TABLE)
            raise ZeroDivisionError
        assert not one.stage("facets", 1).done
        with one.stage("facets", 1) as stage:
            stage.table("facets", TABLE)
        (one.folder / "facets.parquet").unlink()
        assert not one.stage("facets", 1).done


def test_a_broken_manifest_begins_anew(shop) -> None:
    with shop() as one, one.stage("facets", 1):
        pass
    (one.folder / "manifest.json").write_text("{half")
    with shop() as again:
        assert not again.stage("facets", 1).done


def atlas_in(folder, make, mark) -> None:
    folder.mkdir(parents=True)
    manifest = {"format": "clioscope-atlas", "version": 1, "sources": make.sources, "stages": {}, "mark": mark}
    write_json(folder / "manifest.json", manifest)


def test_killed_between_the_two_renames_the_old_atlas_comes_back(shop) -> None:
    make = shop()
    atlas_in(make.folder, make, "new")
    (make.folder / ".clioscope").touch()
    atlas_in(make.folder / ".replaced", make, "old")
    with make as one:
        assert one.manifest["mark"] == "new"
        assert json.loads((make.out / "manifest.json").read_text())["mark"] == "old"
        assert not (make.folder / ".replaced").exists()


def test_killed_after_the_two_renames_what_they_left_goes(shop) -> None:
    make = shop()
    atlas_in(make.out, make, "new")
    (make.out / ".clioscope").touch()
    (make.out / ".lock").touch()
    atlas_in(make.out / ".replaced", make, "old")
    with make as one:
        assert one.manifest["mark"] == "new"
    assert [path.name for path in make.out.iterdir()] == ["manifest.json"]


@pytest.mark.parametrize("present", [True, False])
def test_folders_of_the_user_are_left_as_they_are(shop, tmp_path, present) -> None:
    """OUT.old is nobody's business; OUT.building and OUT.building.part are refused, with or without an atlas."""
    make = shop()
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
        with pytest.raises(AtlasError, match=rf"{name}: .* rename it, or give another output folder\.$"), shop():
            pass
        assert (theirs / "thesis.txt").read_text() == "mine"
        (theirs / "thesis.txt").unlink()
        theirs.rmdir()


def test_a_finished_atlas_of_that_name_is_the_users_too(shop) -> None:
    make = shop()
    atlas_in(make.folder, make, "mine")
    with pytest.raises(AtlasError, match="rename it"), make:
        pass
    (make.folder / ".lock").touch()  # half-built, by a version that knew no mark
    with make as one:
        assert one.manifest["mark"] == "mine"


def test_killed_before_the_answers_were_moved_they_are_taken_later(shop) -> None:
    make = shop()
    atlas_in(make.out, make, "mine")
    (make.out / "answers.sqlite").write_bytes(b"answers")
    atlas_in(make.folder, make, "mine")
    (make.folder / ".clioscope").touch()
    with make as one:
        assert (one.folder / "answers.sqlite").read_bytes() == b"answers"


@pytest.mark.parametrize("present", [True, False])
def test_an_error_before_anything_was_done_leaves_nothing(shop, present) -> None:
    make = shop()
    if present:
        atlas_in(make.out, make, "mine")
        (make.out / "answers.sqlite").write_bytes(b"answers")
    with pytest.raises(InputError), make as one, one.stage("conversations", 1):
        raise InputError("in.jsonl: there are no conversations in it.")
    assert not make.folder.exists()
    assert not present or (make.out / "answers.sqlite").read_bytes() == b"answers"
    with pytest.raises(InputError), shop() as one:
        with one.stage("conversations", 1):
            pass
        raise InputError("No conversation got a yes.")
    assert make.folder.exists()


def test_the_finished_atlas_stays_as_it_is_while_work_goes_on(shop) -> None:
    make = shop()
    make.out.mkdir(parents=True)
    manifest = {"format": "clioscope-atlas", "version": 1, "sources": make.sources, "stages": {}}
    write_json(make.out / "manifest.json", manifest)
    (make.out / "facets.parquet").write_bytes(b"old")
    (make.out / "answers.sqlite").write_bytes(b"answers")
    with make as one, one.stage("facets", 1) as stage:
        stage.table("facets", TABLE)
    assert (make.out / "facets.parquet").read_bytes() == b"old"
    assert json.loads((make.out / "manifest.json").read_text()) == manifest
    assert (one.folder / "answers.sqlite").read_bytes() == b"answers"


def test_one_workshop_at_a_time(shop) -> None:
    with shop(), pytest.raises(AtlasError, match="another build of this atlas is running"), shop():
        pass
    with shop():
        pass


def test_places_where_no_atlas_can_be_are_one_sentence(shop, tmp_path) -> None:
    make = shop()
    make.out.parent.mkdir()
    make.out.write_text("a file")
    with pytest.raises(AtlasError, match="is a file; --out takes a folder"), make:
        pass
    make.out.unlink()
    make.out.mkdir()
    with shop():
        pass
    write_json(make.out / "manifest.json", {"format": "clioscope-atlas", "version": 1, "published": True})
    with pytest.raises(AtlasError, match="is a published atlas"), shop():
        pass
    (tmp_path / "in.jsonl").unlink()
    with pytest.raises(InputError, match="no such file"), shop():
        pass


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_is_one_sentence(shop, tmp_path) -> None:
    (tmp_path / "out").mkdir(mode=0o500)
    with pytest.raises(AtlasError, match="cannot be written"), shop():
        pass


def test_a_disk_that_fills_up_is_one_sentence_and_keeps_what_is_done(shop) -> None:
    with shop() as one, one.stage("conversations", 1) as stage:
        stage.table("conversations", TABLE)
    (one.folder / "facets.parquet.part").symlink_to("/dev/full")
    with (
        pytest.raises(AtlasError, match=r"No space left on device.*run the same command again"),
        shop() as two,
        two.stage("facets", 1) as stage,
    ):
        stage.table("facets", TABLE)
    assert not one.out.exists()
    with shop() as three:
        assert three.stage("conversations", 1).done
        assert not three.stage("facets", 1).done


@pytest.mark.parametrize(
    ("one", "other"),
    [((1,), ("1", 1)), (("a", "b"), ("ab",)), (({"x": 1},), ({"x": 2},)), ((None,), ("",)), (([1, 2],), ([2, 1],))],
)
def test_other_parts_have_another_digest(one, other) -> None:
    assert digest(*one) != digest(*other)
    assert digest(*one) == digest(*one)


def test_a_digest_takes_settings_and_any_text() -> None:
    assert digest(load_settings()) == digest(load_settings(seed=0)) != digest(load_settings(seed=1))
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    assert len(digest("\ud83d half of a pair")) == 24
