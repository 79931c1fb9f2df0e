"""What must not be there is found wherever it hides."""

import base64
import gzip
import io
import json
import sqlite3
import zipfile
import zlib

import numpy as np
import polars as pl
import pytest
import zstandard

from clioscope.explorer.container import pack
from clioscope.files.search import Searcher

SECRET = 'Zephyrine "O’Malley"'


def zipped() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner.txt", SECRET)
    return held.getvalue()


def write_parquet(path):
    pl.DataFrame({"name": ["a", SECRET], "list": [["x"], [f"the {SECRET.upper()}"]]}).write_parquet(path)


def write_sqlite(path):
    with sqlite3.connect(path) as base:
        base.execute("create table answers (text text)")
        base.execute("insert into answers values (?)", [json.dumps({"request": SECRET})])


def write_duckdb(path):
    """In so many rows that the texts are compressed."""
    duckdb = pytest.importorskip("duckdb", reason="duckdb is not here")
    with duckdb.connect(str(path)) as base:
        base.execute("create table names as select ? || i as name from range(5000) t(i)", [f"{SECRET} and "])


def page() -> bytes:
    view = pack({"groups": [SECRET]}, {"text": np.frombuffer(b"none", np.uint8)})
    return b"<html><script>" + base64.b64encode(zlib.compress(view + bytes(4000))) + b"</script>"


HIDDEN = {
    "plain.txt": f"hello {SECRET}!".encode(),
    "folded.txt": b'zephyrine\n   "o\xe2\x80\x99malley"',
    "escaped.json": json.dumps({"a": [{"b": SECRET}]}).encode(),
    "lines.jsonl": b'{"a": 1}\nbroken\n' + json.dumps({SECRET: 1}).encode(),
    "page.html": b"<p>Zephyrine &quot;O&rsquo;Malley&quot;</p>",
    "packed.html": page(),
    "text.gz": gzip.compress(SECRET.encode()),
    "json.gz": gzip.compress(json.dumps([SECRET]).encode()),
    "text.zst": zstandard.compress(SECRET.encode()),
    "archive.zip": zipped(),
    "wide.bin": SECRET.encode("utf-16-le") + b"\x00\x00",
    "table.parquet": write_parquet,
    "store.sqlite": write_sqlite,
    "atlas.duckdb": write_duckdb,
}


@pytest.mark.parametrize("name", HIDDEN)
def test_it_is_found(tmp_path, name):
    path = tmp_path / name
    made = HIDDEN[name]
    path.write_bytes(made) if isinstance(made, bytes) else made(path)
    found = Searcher([SECRET, "", "nowhere"]).in_folder(tmp_path)
    assert found and {(trace.file, trace.text) for trace in found} == {(name, SECRET)}


def test_it_is_found_in_arrays_and_in_names(tmp_path):
    np.save(tmp_path / "names.npy", np.array(["x", SECRET]))
    (tmp_path / "u17 chats").mkdir()
    (tmp_path / "u17 chats" / "notes").write_text("nothing")
    found = Searcher([SECRET, "u17"]).in_folder(tmp_path)
    assert {(trace.file, trace.text) for trace in found} == {("names.npy", SECRET), ("u17 chats/notes", "u17")}


def test_deleted_rows_of_a_store_are_found_until_it_is_vacuumed(tmp_path):
    write_sqlite(path := tmp_path / "store.sqlite")
    with sqlite3.connect(path) as base:
        base.execute("pragma secure_delete=off")
        base.execute("delete from answers")
    plain = Searcher(["Zephyrine"])
    assert plain.in_file(path)
    base = sqlite3.connect(path)
    base.execute("vacuum")
    base.close()
    assert plain.in_file(path) == []


def test_only_whole_words_count_and_numbers_are_no_text(tmp_path):
    (tmp_path / "a").write_text("u12 u1x xu1 u-1")
    np.save(tmp_path / "b.npy", np.frombuffer(b"..u1..u1" * 8, np.float32))
    assert Searcher(["u1"]).in_folder(tmp_path) == []


def test_texts_that_overlap_are_all_found():
    searcher = Searcher(["Ann Lee", "Lee", "Lee Park", "Park View 9", "nn"])
    assert searcher.in_text("ann  LEE park view 9") == ["Ann Lee", "Lee", "Lee Park", "Park View 9"]
