"""Which files stand for a path, and their plain bytes (damage of every kind stands in test_read.py)."""

import gzip
import zipfile
from pathlib import Path

import pytest
import zstandard

from clioscope.conversations.files import InputFile, Meter, list_inputs, list_paths, magic, open_bytes
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
    return [str(file.path.relative_to(home)) for file in files]


def test_a_folder_gives_its_data_files_in_order_without_hidden_ones(folder: Path) -> None:
    found = list_inputs([folder])
    assert names(found, folder) == ["a.csv", "b/m.parquet", "b/n.json.gz", "z.jsonl"]
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
    assert len(list_inputs([folder])) == (2 if name == ".clioscope" else 5)
    assert len(list_paths([folder, folder / "z.jsonl"])) == len(list_inputs([folder])) + 1


@pytest.mark.parametrize("name", ["conversations.json", "conversations-001.json", "conversations_2.json"])
def test_an_account_export_is_its_conversations_alone(folder: Path, name: str) -> None:
    (folder / "b" / name).write_text("[]")
    assert names(list_inputs([folder]), folder) == [f"b/{name}"]


def test_members_of_a_zip_are_told_from_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("user.json", "d/conversations.json", "image.png"):
            archive.writestr(name, "[]")
    (found,) = list_inputs([path])
    assert (found.member, found.name) == ("d/conversations.json", f"{path}/d/conversations.json")
    assert found.account == "export.zip"


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
        (lambda path: path.write_bytes(b"PK\x03\x04" + b"x" * 50), "a damaged zip"),
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
