"""Damaged zstd gives what stands before the damage, and says that there is one."""

import io
import random

import pytest
import zstandard

from clioscope.conversations.records.unzstd import Unzstd

PLAIN = bytes(random.Random(0).choices(b"abcdefghijklmnopqrstuvwxyz \n", k=900_000))
PACKED = zstandard.compress(PLAIN)


def unpack(data: bytes) -> tuple[bytes, str]:
    stream, found = Unzstd(io.BytesIO(data)), b""
    try:
        while piece := stream.read(4096):
            found += piece
    except OSError as error:
        with pytest.raises(OSError, match=str(error)):  # and again, if asked again
            stream.read(1)
        return found, str(error)
    return found, ""


@pytest.mark.parametrize("parts", [[PLAIN], [PLAIN[:7], b"", PLAIN[7:]], [PLAIN[:70_000], PLAIN[70_000:]]])
def test_whole_files_of_one_or_more_frames(parts: list[bytes]) -> None:
    assert unpack(b"".join(map(zstandard.compress, parts))) == (PLAIN, "")


@pytest.mark.parametrize("kept", [len(PACKED) - 1, 400_000, 10])
def test_cut_off(kept: int) -> None:
    found, said = unpack(PACKED[:kept])
    assert PLAIN.startswith(found) and len(found) >= kept - 140_000
    missing = len(PLAIN) - len(found)
    assert said == (
        f"the zstd file is cut off after {len(found):,} unpacked bytes"
        + (f", {missing:,} before the end of its frame" if missing else "")
    )


def test_damage_within_costs_nothing_of_what_stands_before_it() -> None:
    found, said = unpack(PACKED[:300_000] + b"\xff" * 90_000 + PACKED[390_000:])
    assert len(found) >= 100_000 and PLAIN.startswith(found)
    assert "damaged after" in said and "before the end of its frame" in said
