"""Stages are done once, again when what they read changes, and see nothing that they do not declare."""

import numpy as np
import polars as pl
import pytest

from clioscope.atlas.files import write_json
from clioscope.pipeline.run import Run
from clioscope.pipeline.stage import stage
from clioscope.settings import load_settings


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

    def ran(self):
        ran = [line[1] for line in self.lines if line[0] == "begin"]
        self.lines.clear()
        return ran


@pytest.fixture
def diary():
    return Diary()


@pytest.fixture
def run(tmp_path, diary):
    def make(**settings):
        return Run(tmp_path, load_settings(model__name="fake", **settings), progress=diary)

    return make


@stage("first", writes=("numbers", "rows"), settings=("seed",))
def first(job):
    """Two columns and an array: one changes with the seed."""
    job.report(1, 2)
    job.write_table("numbers", pl.DataFrame({"fixed": [1, 2], "seed": [job.settings.seed] * 2}))
    job.write_array("rows", np.arange(3))
    job.note(read=2)


@stage("fixed", reads=("numbers.fixed", "rows"), writes=("fixed",))
def fixed(job):
    """Reads what does not change."""
    assert job.array("rows").tolist() == [0, 1, 2]
    job.write_table("fixed", job.table("numbers"))


@stage("whole", reads=("numbers",), writes=("whole",))
def whole(job):
    """Reads all of it, and always makes the same."""
    job.write_table("whole", job.table("numbers").select(pl.len()))


@stage("last", reads=("whole",), writes=("last",), settings=("naming.support",))
def last(job):
    """Comes after it."""
    job.write_table("last", job.table("whole"))


def done(run, *stages):
    with run:
        for one in stages:
            run.do(one)
    return run


def test_a_stage_is_run_once(run, diary) -> None:
    done(run(), first)
    assert diary.lines == [("begin", "first"), ("step", "first", 1, 2), ("end", "first", True)]
    diary.lines.clear()
    again = done(run(), first)
    assert diary.lines == [("end", "first", False)]
    assert again.manifest["stages"]["first"]["read"] == 2
    assert again.table("numbers").shape == (2, 2)


def test_only_what_reads_something_that_changed_runs_again(run, diary) -> None:
    done(run(), first, fixed, whole, last)
    assert diary.ran() == ["first", "fixed", "whole", "last"]
    done(run(seed=1), first, fixed, whole, last)
    assert diary.ran() == ["first", "whole"], "the column of `fixed` and the table of `last` are the same"
    done(run(seed=1, naming__support=5), first, fixed, whole, last)
    assert diary.ran() == ["last"]


def test_a_stage_that_failed_or_whose_file_is_gone_is_not_done(run, diary) -> None:
    @stage("first", writes=("numbers",), settings=("seed",))
    def fails(job):
        job.write_table("numbers", pl.DataFrame({"fixed": [1]}))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        done(run(), fails)
    assert diary.ran() == ["first"]
    made = done(run(), first)
    assert diary.ran() == ["first"]
    (made.folder / "rows.npy").unlink()
    done(run(), first)
    assert diary.ran() == ["first"]


def test_killed_between_two_of_its_files_a_stage_is_done_again_with_the_settings_of_before(run, diary) -> None:
    @stage("first", writes=("numbers", "rows"), settings=("seed",))
    def halfway(job):
        job.write_table("numbers", pl.DataFrame({"fixed": [7, 8], "seed": [job.settings.seed] * 2}))
        raise KeyboardInterrupt

    done(run(), first)
    with pytest.raises(KeyboardInterrupt):
        done(run(seed=1), halfway)
    diary.ran()
    made = done(run(), first)
    assert diary.ran() == ["first"] and made.table("numbers")["fixed"].to_list() == [1, 2]


def test_a_broken_manifest_begins_anew(run, diary) -> None:
    made = done(run(), first)
    diary.ran()
    (made.folder / "manifest.json").write_text("{half")
    done(run(), first)
    assert diary.ran() == ["first"]


def test_a_record_of_an_older_version_is_done_again(run, diary) -> None:
    made = done(run(), first, fixed)
    made.manifest["stages"]["first"] |= {"files": ["numbers.parquet", "rows.npy"], "key": "of long ago"}
    write_json(made.folder / "manifest.json", made.manifest)
    diary.ran()
    done(run(), first, fixed)
    assert diary.ran() == ["first"], "and gives the same, so that what reads it stays"


@pytest.mark.parametrize(
    ("reach", "error"),
    [
        (lambda job: job.settings.naming, AttributeError),
        (lambda job: job.table("whole"), LookupError),
        (lambda job: job.array("rows"), LookupError),
        (lambda job: job.asker(), LookupError),
        (lambda job: job.embedder, LookupError),
        (lambda job: job.facets, LookupError),
        (lambda job: job.files, LookupError),
        (lambda job: job.write_table("other", pl.DataFrame()), LookupError),
        (lambda job: job.table("numbers")["seed"], pl.exceptions.ColumnNotFoundError),
    ],
)
def test_what_a_stage_does_not_declare_it_does_not_get(run, reach, error) -> None:
    @stage("nosy", reads=("numbers.fixed",), writes=("nosy",), settings=("seed",))
    def nosy(job):
        reach(job)

    with pytest.raises(error):
        done(run(), first, nosy)


def test_a_stage_that_the_settings_do_without_is_not_run(run, diary) -> None:
    @stage("screen", writes=("screened",), when=lambda settings: settings.facets.screen is not None)
    def screen(job):
        raise AssertionError

    @stage("after", reads=("screened", "rows"), writes=("after",))
    def after(job):
        assert not job.has("screened")
        job.write_array("after", job.array("rows"))

    done(run(), first, screen, after)
    assert diary.ran() == ["first", "after"]


def test_tables_from_elsewhere_stand_for_a_stage(run, diary) -> None:
    made = run()
    made.take(numbers=pl.DataFrame({"fixed": [5]}))
    done(made, whole)
    assert diary.ran() == ["whole"] and made.table("whole").item() == 1
    assert made.once("a", lambda: 1) == made.once("a", lambda: 2) == 1
