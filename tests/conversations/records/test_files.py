"""Which files stand for a path, and their plain bytes (damage of every kind stands in test_read.py)."""

import gzip
import zipfile
from pathlib import Path

import pytest
import zstandard

from clioscope.conversations.records.files import InputFile, Meter, list_inputs, list_paths, magic, open_bytes
from clioscope.conversations.records.reading import read_records
from clioscope.errors import InputError

TEXT = b'{"id": 1}\n' * 20_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    home = tmp_path / "in"
    (home / "b").mkdir(parents=True)
    (home / ".hidden").mkdir()
    for name in ("z.jsonl", "a.csv", "b/m.parquet", "b/n.json.gz", "readme.md", ".hidden/x.jsonl", "b/.y.jsonl"):
        (home / name).write_bytes(b"x")
    return home


def names(files: list[InputFile], home: Path) -> list[str]:
    return [str(file.path.relative_to(home)) for file in files if file.skipped is None]


def left_out(files: list[InputFile]) -> dict[str, str]:
    return {Path(file.name).name: file.skipped for file in files if file.skipped is not None}


def test_a_folder_gives_its_data_files_in_order_without_hidden_ones(folder: Path) -> None:
    found = list_inputs([folder])
    assert names(found, folder) == ["a.csv", "b/m.parquet", "b/n.json.gz", "z.jsonl"]
    assert left_out(found) == {"in": "1 other file (md 1) is no data file"}
    assert all(file.listed for file in found)
    assert not list_inputs([folder / "z.jsonl"])[0].listed


def test_without_data_files_a_folder_gives_what_there_is(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x")
    assert names(list_inputs([tmp_path]), tmp_path) == ["notes.txt"]


@pytest.mark.parametrize("name", ["manifest.json", ".clioscope"])
def test_what_an_atlas_or_its_building_holds_is_no_input(folder: Path, name: str) -> None:
    (folder / "b" / name).write_text('{"format": "clioscope-atlas", "version": 0}')
    assert names(list_inputs([folder]), folder) == ["a.csv", "z.jsonl"]
    (folder / "b" / name).write_text("[]")  # anybody's manifest
    assert len(names(list_inputs([folder]), folder)) == (2 if name == ".clioscope" else 5)
    assert len(list_paths([folder, folder / "z.jsonl"])) == len(names(list_inputs([folder]), folder)) + 1


@pytest.mark.parametrize("name", ["conversations.json", "conversations-001.json", "conversations_2.json"])
def test_beside_an_account_export_everything_else_is_read_but_what_belongs_to_it(folder: Path, name: str) -> None:
    for beside in (name, "user.json", "chat.html", "own.jsonl"):
        (folder / "b" / beside).write_text("[]")
    (folder / "user.json").write_text("[]")  # in another folder: anybody's
    found = list_inputs([folder])
    wanted = ["a.csv", "b/m.parquet", "b/n.json.gz", f"b/{name}", "b/own.jsonl", "user.json", "z.jsonl"]
    assert names(found, folder) == sorted(wanted)
    companion = "part of the account export, holds no conversations"
    assert left_out(found) == {
        "user.json": companion,
        "chat.html": companion,
        "in": "1 other file (md 1) is no data file",
    }
    assert [file.account for file in found if file.path.name == name] == ["b"]


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def content(file: InputFile) -> bytes:
    with open_bytes(file) as stream:
        return stream.read()


def test_members_of_a_zip_are_told_from_the_rest(tmp_path: Path) -> None:
    members = ("user.json", "d/user.json", "d/conversations.json", "image.png", "__MACOSX/d/._user.json", "d/.DS_Store")
    path = zipped(tmp_path / "export.zip", dict.fromkeys(members, b"[]"))
    found = list_inputs([path])
    read = [file for file in found if file.skipped is None]
    assert [(file.member, file.name) for file in read] == [
        ("d/conversations.json", f"{path}/d/conversations.json"),
        ("user.json", f"{path}/user.json"),
    ]
    assert [(file.name, file.skipped) for file in found if file.skipped] == [
        (f"{path}/d/user.json", "part of the account export, holds no conversations"),
        (str(path), "1 other file (png 1) is no data file"),
    ]
    assert {file.account for file in found} == {"export.zip"}


def test_several_exports_in_one_zip_are_several_accounts(tmp_path: Path) -> None:
    path = zipped(tmp_path / "all.zip", {f"{who}/conversations-000.json": b"[]" for who in ("ann", "bob")})
    assert [file.account for file in list_inputs([path])] == ["all.zip/ann", "all.zip/bob"]


def test_packed_members_and_zips_within_zips_are_read(tmp_path: Path) -> None:
    inner = zipped(tmp_path / "inner", {"c.jsonl": TEXT, "x.html": b"x"}).read_bytes()
    deep = zipped(tmp_path / "deep", {"inner.zip": inner, "locked.zip": b"PK\x03\x04 and no more"}).read_bytes()
    (tmp_path / "in").mkdir()
    members = {
        "a.jsonl.gz": gzip.compress(TEXT),
        "b.jsonl.zst": zstandard.compress(TEXT),
        "deep.zip": deep,
        "e.csv": b"",
    }
    path = zipped(tmp_path / "in" / "outer.zip", members)
    found = list_inputs([tmp_path / "in"])
    read = [file for file in found if file.skipped is None]
    assert [file.member for file in read] == ["a.jsonl.gz", "b.jsonl.zst", "deep.zip/inner.zip/c.jsonl"]
    assert all(content(file) == TEXT for file in read)
    said = {file.name.removeprefix(f"{path}/"): file.skipped for file in found if file.skipped}
    assert said["e.csv"] == "the file is empty"
    assert said["deep.zip/inner.zip"] == "1 other file (html 1) is no data file"
    assert "the zip is damaged" in said["deep.zip/locked.zip"]


def test_a_parquet_in_a_zip_is_read(tmp_path: Path) -> None:
    import polars as pl

    pl.DataFrame({"text": ["x", "y"]}).write_parquet(tmp_path / "t.parquet")
    path = zipped(tmp_path / "t.zip", {"d/t.parquet": (tmp_path / "t.parquet").read_bytes()})
    (file,) = list_inputs([path])
    assert [record.value for record in read_records(file)] == [{"text": "x"}, {"text": "y"}]


def test_what_is_damaged_or_empty_in_a_folder_is_listed(tmp_path: Path) -> None:
    home = tmp_path / "in"
    home.mkdir()
    (home / "a.jsonl").write_bytes(TEXT)
    (home / "b.zip").write_bytes(b"PK\x03\x04 and no more")
    (home / "c.csv").write_bytes(b"")
    (home / "notes.txt").write_bytes(b"Dear all")
    (home / "log.txt").write_bytes(TEXT)
    (home / "d.zip").write_bytes(zipped(tmp_path / "d", {"x.html": b"x"}).read_bytes())
    found = list_inputs([home])
    assert names(found, home) == ["a.jsonl", "log.txt"]
    said = left_out(found)
    assert said["c.csv"] == "the file is empty"
    assert said["in"] == "1 other file (txt 1) is no data file"
    assert "the zip is damaged" in said["b.zip"] and "no other data file" in said["d.zip"]


@pytest.mark.parametrize("name", ["log.txt", "chats.jsonl", "data"])
def test_a_damaged_member_of_a_zip_is_listed_whatever_its_name(tmp_path: Path, name: str) -> None:
    path = zipped(tmp_path / "in.zip", {"a.jsonl": TEXT, name: TEXT})
    damaged = bytearray(path.read_bytes())
    begin = damaged.find(name.encode()) + len(name)
    damaged[begin : begin + 40] = b"\xff" * 40
    path.write_bytes(damaged)
    found = list_inputs([path])
    assert [file.member for file in found if file.skipped is None] == ["a.jsonl"]
    (lost,) = [file for file in found if file.skipped]
    assert lost.name == f"{path}/{name}" and "the file cannot be read" in (lost.skipped or "")


def test_of_several_members_of_one_name_it_is_said_that_one_is_read(tmp_path: Path) -> None:
    path = tmp_path / "in.zip"
    with zipfile.ZipFile(path, "w") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("a.jsonl", b'{"id": 0}\n')
        archive.writestr("a.jsonl", TEXT)
    read, lost = list_inputs([path])
    assert content(read) == TEXT
    assert lost.name == read.name and lost.skipped == "the zip holds 2 files of this name; the last is read"


def test_a_takeout_in_html_says_what_to_order(tmp_path: Path) -> None:
    members = {"Takeout/My Activity/Gemini Apps/MyActivity.html": b"x", "Takeout/archive_browser.html": b"x"}
    with pytest.raises(InputError, match="format JSON for My Activity"):
        list_inputs([zipped(tmp_path / "takeout.zip", members)])
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "MyActivity.html").write_text("x")
    with pytest.raises(InputError, match="format JSON for My Activity"):
        list_inputs([tmp_path / "in"])


def test_accounts_do_not_change_when_the_data_move(tmp_path: Path) -> None:
    accounts = []
    for place in ("one", "two"):
        for user in ("ann", "bob"):
            (tmp_path / place / user).mkdir(parents=True)
            (tmp_path / place / user / "conversations.json").write_text("[]")
        accounts.append([file.account for file in list_inputs([tmp_path / place])])
    assert accounts[0] == accounts[1] == ["ann", "bob"]


PACKED = {
    "plain": (lambda data: data, "plain"),
    "gzip": (gzip.compress, "gzip"),
    "gzip of two": (lambda data: gzip.compress(data[:1000]) + gzip.compress(data[1000:]), "gzip"),
    "zstd": (lambda data: zstandard.compress(data), "zstd"),
    "zstd of two": (lambda data: zstandard.compress(data[:1000]) + zstandard.compress(data[1000:]), "zstd"),
    "utf-16": (lambda data: data.decode().encode("utf-16"), "plain"),
}


@pytest.mark.parametrize("kind", PACKED)
def test_packed_bytes_come_out_plain_whatever_the_name(kind: str, tmp_path: Path) -> None:
    pack, told = PACKED[kind]
    path = tmp_path / "data.bin"
    path.write_bytes(pack(TEXT))
    (file,) = list_inputs([path])
    assert magic(file) == told
    meter = Meter(total=path.stat().st_size)
    with open_bytes(file, meter) as stream:
        stream.read(10)
        assert 0 < meter.done() <= path.stat().st_size
        rest = stream.read()
    assert len(rest) == len(TEXT) - 10
    assert meter.done() in (0, path.stat().st_size)


def test_a_member_of_a_zip_is_read_and_metered(tmp_path: Path) -> None:
    path = tmp_path / "data.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("chats.jsonl", TEXT)
    (file,) = list_inputs([path])
    meter = Meter(finished=5)
    with open_bytes(file, meter) as stream:
        assert stream.read() == TEXT
        assert meter.done() > 5
    assert meter.done() == 5


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: None, "there is no such file or folder"),
        (lambda path: path.touch(), "the file is empty"),
        (lambda path: path.mkdir(), "the folder holds no files"),
        (lambda path: path.write_bytes(b"PK\x03\x04" + b"x" * 50), "the zip is damaged"),
        (lambda path: path.symlink_to(path), "cannot be read|no such file"),
    ],
)
def test_what_cannot_be_read_is_one_sentence(tmp_path: Path, make, said: str) -> None:
    make(tmp_path / "in")
    with pytest.raises(InputError, match=said) as caught:
        list_inputs([tmp_path / "in"])
    assert str(tmp_path / "in") in str(caught.value)


def test_no_paths_is_one_sentence() -> None:
    with pytest.raises(InputError, match="No input file was given"):
        list_inputs([])


def test_archives_that_are_not_read_are_to_be_unpacked(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,text\n1,a\n")
    (tmp_path / "b.tar.gz").write_bytes(b"\x1f\x8b")
    said = next(file.skipped for file in list_inputs([tmp_path]) if file.skipped)
    assert said.endswith("is no data file; unpack b.tar.gz first")


def test_what_cannot_be_read_is_listed_whatever_its_name(tmp_path: Path, monkeypatch) -> None:
    """As root every file can be read, so the system's refusal is played."""
    (tmp_path / "a.csv").write_text("id,text\n1,a\n")
    (tmp_path / "журнал.log").write_text('{"id": 1}\n')
    opened = Path.open

    def refusing(path: Path, *how, **more):
        if path.suffix == ".log":
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, *how, **more)

    monkeypatch.setattr(Path, "open", refusing)
    files = list_inputs([tmp_path])
    assert names(files, tmp_path) == ["a.csv"]
    assert left_out(files) == {"журнал.log": "the file cannot be read (Permission denied)"}
