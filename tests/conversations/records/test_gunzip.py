"""Damaged gzip gives what stands before the damage."""

import gzip
import io
import json
import random
import zlib
from pathlib import Path

import pytest

from clioscope.conversations.records.files import list_inputs
from clioscope.conversations.records.gunzip import Gunzip
from clioscope.conversations.records.reading import read_records

# Hard to pack, so that a byte of the packed data stands for about one of the plain.
PLAIN = bytes(random.Random(0).choices(b"abcdefghijklmnopqrstuvwxyz \n", k=300_000))
PACKED = gzip.compress(PLAIN)


def unpack(data: bytes) -> tuple[bytes, str]:
    """What comes out a block at a time, and the error that ends it."""
    stream, found = Gunzip(io.BytesIO(data)), b""
    try:
        while piece := stream.read(4096):
            found += piece
    except OSError as error:
        with pytest.raises(OSError, match=str(error)):  # and again, if asked again
            stream.read(1)
        return found, str(error)
    return found, ""


@pytest.mark.parametrize(
    "data",
    [
        PACKED,
        gzip.compress(PLAIN[:7]) + gzip.compress(b"") + gzip.compress(PLAIN[7:]),
        gzip.compress(PLAIN[:7]) + bytes(70_000) + gzip.compress(PLAIN[7:]) + bytes(512),
    ],
)
def test_whole_files_of_one_or_more_members(data: bytes) -> None:
    assert unpack(data) == (PLAIN, "")


@pytest.mark.parametrize("kept", [100_000, 70_001, 20, len(PACKED) - 1, len(PACKED) - 8])
def test_cut_off(kept: int) -> None:
    found, said = unpack(PACKED[:kept])
    assert PLAIN.startswith(found)
    assert len(found) >= kept - 30_000 and (kept < len(PACKED) - 8 or found == PLAIN)
    assert said == f"the gzip file is cut off after {len(found):,} unpacked bytes"


def test_a_wrong_checksum_costs_nothing() -> None:
    found, said = unpack(PACKED[:-8] + b"\0\0\0\0" + PACKED[-4:])
    assert found == PLAIN
    assert said == "the gzip file is damaged after 300,000 unpacked bytes"


def test_junk_after_the_end_costs_nothing() -> None:
    assert unpack(PACKED + b"junk") == (PLAIN, "the gzip file is damaged after 300,000 unpacked bytes")


def test_damage_within_costs_nothing_of_what_stands_before_it() -> None:
    sound, _ = unpack(PACKED[:90_000])
    found, said = unpack(PACKED[:90_000] + b"\xff" * 30 + PACKED[90_030:])
    assert len(sound) > 80_000 and found.startswith(sound)
    assert "damaged after" in said


ROWS = [{"id": str(number), "text": text.strip()} for number, text in enumerate(PLAIN.decode().split("\n")) if text]
FORMATS = {
    "in.jsonl": "".join(f"{json.dumps(row)}\n" for row in ROWS),
    "in.json": json.dumps(ROWS),
    "in.csv": "id,text\n" + "".join(f"{row['id']},{row['text']}\n" for row in ROWS),
}


@pytest.mark.parametrize("name", FORMATS)
def test_a_cut_file_gives_every_record_before_the_cut_and_says_where_it_is(name: str, tmp_path: Path) -> None:
    packed = gzip.compress(FORMATS[name].encode())
    packed = packed[: len(packed) // 2]
    (tmp_path / name).write_bytes(zlib.decompressobj(31).decompress(packed))
    (tmp_path / f"{name}.gz").write_bytes(packed)
    whole, cut = (list(read_records(list_inputs([path])[0])) for path in (tmp_path / name, tmp_path / f"{name}.gz"))
    sound = [[record.value for record in records if record.error is None] for records in (whole, cut)]
    assert len(sound[1]) > 1000 and sound[1] == sound[0][: len(sound[1])] and len(sound[0]) - len(sound[1]) <= 1
    (error,) = [record.error for record in cut if record.error]
    assert "cut off after" in error
