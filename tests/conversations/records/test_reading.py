"""For any damage: what is read and what is rejected is all there is, and no text is another than it was."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from pathlib import Path

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clioscope.conversations.records.files import list_inputs
from clioscope.conversations.records.reading import read_records
from clioscope.conversations.records.record import Record

WORD = st.sampled_from(["parcel", "café", "привет", "订单", "so, then", 'a "b" c', "x\\y", "{[", "line\nbreak", "it's"])
TEXTS = st.lists(st.lists(WORD, min_size=1, max_size=5).map(" ".join), min_size=6, max_size=14)
SETTINGS = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
# What harms a file: bytes that change, go missing, or come in. Line ends are left, since they are what is counted.
HARM = st.tuples(
    st.integers(0, 10**6), st.sampled_from([b"", b'"', b"\xff", b"x", b"{", b"}", b",", b"\\"]), st.booleans()
)


def texts_of(texts: list[str]) -> list[str]:
    """Each text with its number, so that it is known again; the marks of our own never occur in them."""
    return [f"<{n}> {text} </{n}>" for n, text in enumerate(texts)]


def harmed(data: bytes, harms: list[tuple[int, bytes, bool]], start: int) -> bytes:
    for place, new, insert in harms:
        place = start + place % (len(data) - start)
        if data[place : place + 1] not in (b"\n", b"\r"):
            data = data[:place] + new + data[place + (not insert) :]
    return data


def read(path: Path, data: bytes) -> list[Record]:
    path.write_bytes(data)
    (file,) = list_inputs([path])
    return list(read_records(file))


def check_texts(records: list[Record], harms: int) -> None:
    """No mark of replacement, and no text that holds pieces of two: numbers of one text in each."""
    for record in records:
        if record.error is None:
            text = json.dumps(record.value, ensure_ascii=False)
            assert "\ufffd" not in text
            begun = set(re.findall(r"<(\d+)> ", text))
            assert len(begun) <= 1, text


@SETTINGS
@given(TEXTS, st.lists(HARM, min_size=1, max_size=3), st.booleans())
def test_jsonl(tmp_path: Path, texts: list[str], harms: list[tuple[int, bytes, bool]], comma: bool) -> None:
    rows = [json.dumps({"id": n, "text": text}, ensure_ascii=False) for n, text in enumerate(texts_of(texts))]
    data = ((",\n" if comma else "\n").join(rows) + "\n").encode()
    records = read(tmp_path / "x.jsonl", harmed(data, harms, len(rows[0].encode()) + 2))
    assert sum(record.lines for record in records) == len(rows)
    sound = sum(record.error is None for record in records)
    assert sound >= len(rows) - len(harms)
    check_texts(records, len(harms))


@SETTINGS
@given(TEXTS, st.lists(HARM, min_size=1, max_size=3))
def test_csv(tmp_path: Path, texts: list[str], harms: list[tuple[int, bytes, bool]]) -> None:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["id", "date", "text"])
    for n, text in enumerate(texts_of(texts)):
        writer.writerow([f"T-{n}", f"2026-05-{n + 1:02d}", text.replace("\n", " ")])
    data = out.getvalue().encode()
    records = read(tmp_path / "x.csv", harmed(data, harms, data.index(b"\n") + 1))
    assert sum(record.lines for record in records) == len(texts)
    check_texts(records, len(harms))


@SETTINGS
@given(TEXTS, st.lists(HARM, min_size=1, max_size=2), st.sampled_from([None, 1]))
def test_array(tmp_path: Path, texts: list[str], harms: list[tuple[int, bytes, bool]], indent: int | None) -> None:
    rows = [{"id": n, "text": text} for n, text in enumerate(texts_of(texts))]
    data = json.dumps(rows, ensure_ascii=False, indent=indent).encode()
    records = read(tmp_path / "x.json", harmed(data, harms, data.index(b"</0>") + 8))
    told = [record for record in records if "the rest" in (record.error or "") or record.lines == 0]
    sound = [record for record in records if record.error is None]
    assert told or len(sound) >= len(rows) - 2 * len(harms)
    check_texts(records, len(harms))


@pytest.mark.slow
@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
def test_a_packed_file_that_is_cut_off_gives_all_before_and_one_reason(pack, tmp_path: Path) -> None:
    import random

    draw = random.Random(1)
    rows = [json.dumps({"id": n, "text": f"{draw.getrandbits(120):030x}"}) for n in range(20_000)]
    records = read(tmp_path / "x.jsonl", pack("\n".join(rows).encode())[:-100_000])
    assert len(records) > 5000
    assert [record.value for record in records[:-1]] == [json.loads(row) for row in rows[: len(records) - 1]]
    assert "is cut off after" in (records[-1].error or "")
