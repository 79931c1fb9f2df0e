"""Damaged bzip2 and xz give what stands before the damage, and say what is lost; so do streams after the first."""

import bz2
import json
import lzma
import random
import zipfile

import pytest

from clioscope.conversations import Conversation, read_conversations
from clioscope.conversations.records.files import InputFile
from clioscope.conversations.records.opening import open_bytes

PLAIN = bytes(random.Random(0).choices(b"abcdefghijklmnopqrstuvwxyz \n", k=200_000))
PACKERS = {"bzip2": bz2.compress, "xz": lzma.compress}
KINDS = pytest.mark.parametrize("kind", PACKERS)


def unpack(tmp_path, data):
    """What comes out a block at a time, and the error that ends it."""
    path, found = tmp_path / "packed", b""
    path.write_bytes(data)
    with open_bytes(InputFile(path, "")) as stream:
        try:
            while piece := stream.read1(4096):
                found += piece
        except OSError as error:
            return found, str(error)
    return found, ""


@KINDS
def test_whole_files_of_one_or_more_streams(kind, tmp_path) -> None:
    pack = PACKERS[kind]
    assert unpack(tmp_path, pack(PLAIN)) == (PLAIN, "")
    assert unpack(tmp_path, pack(PLAIN[:7]) + pack(b"") + pack(PLAIN[7:])) == (PLAIN, "")


def test_padding_between_streams_of_xz_means_nothing(tmp_path) -> None:
    packed = lzma.compress(PLAIN[:9]) + bytes(70_000) + lzma.compress(PLAIN[9:]) + bytes(8)
    assert unpack(tmp_path, packed) == (PLAIN, "")


@KINDS
def test_a_later_stream_with_a_damaged_header_is_no_silent_loss(kind, tmp_path) -> None:
    first, second = map(PACKERS[kind], (PLAIN[:90_000], PLAIN[90_000:]))
    found, said = unpack(tmp_path, first + b"X" + second[1:])
    assert found == PLAIN[:90_000]
    assert said.startswith(f"the {kind} file is damaged after 90,000 unpacked bytes; the last ")
    assert said.endswith(f"{len(second):,} packed bytes are not read")


@KINDS
def test_cut_off(kind, tmp_path) -> None:
    pack = PACKERS[kind]
    packed = pack(PLAIN[:90_000]) + pack(PLAIN[90_000:])
    found, said = unpack(tmp_path, packed[:-20])
    assert len(found) >= 90_000 and PLAIN.startswith(found)
    assert said == f"the {kind} file is cut off after {len(found):,} unpacked bytes"


@KINDS
def test_damage_within_costs_nothing_of_the_streams_before_it(kind, tmp_path) -> None:
    first, second = map(PACKERS[kind], (PLAIN[:90_000], PLAIN[90_000:]))
    middle = len(second) // 2
    found, said = unpack(tmp_path, first + second[:middle] + b"\xff" * 40 + second[middle + 40 :])
    assert found.startswith(PLAIN[:90_000])  # xz tells a damage at the next checksum, after bytes that are wrong
    assert f"the {kind} file is damaged after" in said and "packed bytes are not read" in said


@KINDS
@pytest.mark.parametrize("within", ["folder", "zip"])
def test_the_loss_is_listed_beside_what_was_read(kind, within, tmp_path) -> None:
    rows = [{"messages": [{"role": "user", "content": f"Как испечь хлеб номер {n}?"}]} for n in range(20)]
    halves = ["".join(json.dumps(row) + "\n" for row in half).encode() for half in (rows[:10], rows[10:])]
    packed = PACKERS[kind](halves[0]) + b"X" + PACKERS[kind](halves[1])[1:]
    name = {"bzip2": "chats.jsonl.bz2", "xz": "chats.jsonl.xz"}[kind]
    folder = tmp_path / "in"
    folder.mkdir()
    if within == "folder":
        (folder / name).write_bytes(packed)
    else:
        with zipfile.ZipFile(folder / "chats.zip", "w") as archive:
            archive.writestr(name, packed)
    found = list(read_conversations(folder))
    assert sum(isinstance(one, Conversation) for one in found) == 10
    (lost,) = [one for one in found if not isinstance(one, Conversation)]
    assert f"the {kind} file is damaged after {len(halves[0]):,} unpacked bytes" in lost.reason
