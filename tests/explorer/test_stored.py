"""The files of the page: written once, found again, and gone with what they show."""

import os
import shutil

import numpy as np
import polars as pl
import pytest

import clioscope
from clioscope.atlas.files import write_table
from clioscope.errors import AtlasError
from clioscope.explorer import make_view, stored, view
from clioscope.explorer.container import unpack
from clioscope.explorer.desk import Desk
from clioscope.explorer.fingerprint import fingerprint
from clioscope.explorer.stored import FOLDER, ViewFolder, prepare_view, stored_view
from clioscope.explorer.view import view_parts


@pytest.fixture
def mine(atlas, tmp_path):
    shutil.copytree(atlas.path, tmp_path / "atlas", ignore=shutil.ignore_patterns(FOLDER))
    return clioscope.open(tmp_path / "atlas")


def view_of(atlas, **options):
    return stored_view(atlas, ViewFolder(atlas), **options)


def test_each_array_is_a_file_that_only_its_owner_may_read(mine):
    found = view_of(mine)
    header, arrays = unpack(make_view(mine, texts=True))
    files = unpack(found.head)[0]["files"]
    for name, array in arrays.items():
        kind, length, file = files[name]
        assert (kind, length) == (f"{array.dtype.kind}{array.dtype.itemsize}", len(array))
        assert np.array_equal(np.fromfile(found.files[file], f"<{kind}"), array, equal_nan=kind == "f4")
        assert found.files[file].stat().st_mode & 0o777 == 0o600
    assert (mine.path / FOLDER).stat().st_mode & 0o777 == 0o700
    assert unpack(found.head)[0]["groups"] == header["groups"]


def test_the_next_server_finds_what_the_first_one_wrote(mine, monkeypatch):
    first = view_of(mine)
    monkeypatch.setattr(stored, "view_parts", lambda *given, **options: pytest.fail("made anew"))
    again = view_of(clioscope.open(mine.path))
    assert again == first


def test_a_large_atlas_has_its_files_before_anyone_opens_the_page(mine, monkeypatch):
    prepare_view(mine)
    assert not (mine.path / FOLDER).exists()
    monkeypatch.setattr(stored, "_LARGE", mine.clusters.height)
    prepare_view(mine)
    monkeypatch.setattr(stored, "view_parts", lambda *given, **options: pytest.fail("made anew"))
    desk = Desk(clioscope.open(mine.path))
    assert unpack(desk.view()[0])[0]["rows"] == mine.clusters.height


@pytest.mark.parametrize("command", [pytest.param("build", marks=pytest.mark.slow), "update", "measure"])
def test_the_command_that_makes_or_measures_a_large_atlas_prepares_its_page(
    command, mine, chats, tmp_path, monkeypatch
):
    from typer.testing import CliRunner

    from clioscope.cli import app

    monkeypatch.setattr(stored, "_LARGE", 1)
    out = mine.path if command == "measure" else tmp_path / "out"
    given = {
        "build": [str(chats), "--no-llm", "--embedder", "hash", "--out", str(out)],
        "update": [str(mine.path), str(chats), "--out", str(out)],
        "measure": [str(out)],
    }[command]
    monkeypatch.setattr("sys.argv", ["clioscope", command])
    done = CliRunner().invoke(app, [command, *given])
    assert done.exit_code == 0, done.output
    monkeypatch.setattr(stored, "view_parts", lambda *given, **options: pytest.fail("made anew"))
    groups = unpack(Desk(clioscope.open(out)).view()[0])[0]["groups"]
    assert any("stability" in str(group["quality"]) for group in groups) is (command == "measure")


def test_texts_of_very_many_rows_are_made_when_they_are_asked_for(mine, monkeypatch):
    _, whole = view_parts(mine, texts=True, ends=True, records=True)
    monkeypatch.setattr(view, "MOST_TEXTS", 100)
    desk = Desk(mine)
    files = unpack(desk.view()[0])[0]["files"]
    later = [name for name, (_, length, _) in files.items() if length is None]
    assert sorted(later) == sorted(name for name in whole if name.startswith(("text", "records")))
    folder = mine.path / FOLDER
    assert not any(path.name.startswith(("text", "records")) for path in folder.iterdir())
    again = Desk(clioscope.open(mine.path))
    again.view()
    for name in later:
        kind, _, file = files[name]
        assert np.array_equal(np.fromfile(again.array(file), f"<{kind}"), whole[name])
    assert again.array(f"text0.{'0' * 32}") is None and again.array("../manifest.json") is None
    made = {path: path.stat().st_mtime_ns for path in folder.glob("text*")}
    assert desk.array(files["text0"][2]) in made
    assert {path: path.stat().st_mtime_ns for path in folder.glob("text*")} == made  # made once for all servers
    desk.edit({"op": "rename", "group": mine.tree["group"][0], "name": "Everything else", "vouch": True})
    assert not {one[2] for one in unpack(desk.view()[0])[0]["files"].values()} & {files[name][2] for name in later}


def test_another_title_is_another_head_over_the_same_arrays(mine):
    one, other = view_of(mine), view_of(mine, title="March")
    assert unpack(other.head)[0]["title"] == "March"
    assert one.files == other.files and one.head != other.head


@pytest.mark.parametrize("harm", ["gone", "short", "head"])
def test_files_that_are_not_whole_are_written_anew(mine, harm):
    first = view_of(mine)
    file = next(path for name, path in first.files.items() if name.startswith("group."))
    if harm == "gone":
        file.unlink()
    elif harm == "short":
        file.write_bytes(file.read_bytes()[:-1])
    else:
        [head] = (mine.path / FOLDER).glob("*.view")
        head.write_bytes(b"CLIOVIEW\xff\xff\xff\x7f{")
    assert view_of(mine) == first
    assert file.stat().st_size == clioscope.open(mine.path).clusters.height


def test_a_table_that_was_written_anew_makes_another_view(mine):
    before = fingerprint(mine)
    assert fingerprint(clioscope.open(mine.path)) == before
    view_of(mine)
    write_table(mine.path / "tree.parquet", mine.tree.with_columns(name=pl.lit("All the same")))
    changed = clioscope.open(mine.path)
    assert fingerprint(changed) != before
    assert unpack(view_of(changed).head)[0]["groups"][0]["name"] == "All the same"


def test_what_no_late_view_needs_is_removed(mine, monkeypatch):
    for number in range(5):
        view_of(mine, title=str(number))
    assert len(list((mine.path / FOLDER).glob("*.view"))) == 3
    old = mine.path / FOLDER / "group.000000000000000000000000"
    old.write_bytes(b"\0")
    view_of(mine, title="new")
    assert old.exists()  # another server may be writing what it belongs to
    os.utime(old, (0, 0))
    view_of(mine, title="newer")
    assert not old.exists()


def test_a_published_atlas_and_a_folder_of_the_user_stay_as_they_are(mine, published):
    held = ViewFolder(published)
    stored_view(published, held)
    assert not (published.path / FOLDER).exists() and held.path.stat().st_mode & 0o777 == 0o700
    (mine.path / FOLDER).mkdir()
    (mine.path / FOLDER / "notes.txt").write_text("mine")
    other = ViewFolder(mine)
    assert stored_view(mine, other).files and other.path != mine.path / FOLDER
    assert [path.name for path in (mine.path / FOLDER).iterdir()] == ["notes.txt"]


def test_a_full_disk_is_one_sentence(mine, monkeypatch):
    def full(*given):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(stored, "_write", full)
    with pytest.raises(AtlasError, match=r"page: the page's files cannot be written \(No space left on device\); make"):
        view_of(mine)
