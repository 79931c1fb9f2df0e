"""Bad and odd input: each record that cannot be used says why, each file that cannot be read is one sentence."""

from __future__ import annotations

import gzip
import json
import tracemalloc
import zlib
from pathlib import Path

import polars as pl
import pytest
import zstandard

from clioscope.conversations import Conversation, Rejected, read_conversations, read_many, sniff_format
from clioscope.errors import InputError

DATA = Path(__file__).parents[1] / "data" / "conversations"


def read(path: Path, **options: str) -> list[Conversation | Rejected]:
    return list(read_conversations(path, **options))


def reasons(path: Path, **options: str) -> list[tuple[int, str]]:
    return [(one.line, one.reason) for one in read(path, **options) if isinstance(one, Rejected)]


@pytest.mark.parametrize("name", ["sharegpt.json", "clioscope.jsonl", "tickets.csv"])
@pytest.mark.parametrize("packing", ["gzip", "zstd", "zstd in two frames"])
def test_packed_files_read_as_plain(name: str, packing: str, tmp_path: Path) -> None:
    data = (DATA / name).read_bytes()
    packed = tmp_path / name  # the name tells nothing
    if packing == "gzip":
        packed.write_bytes(gzip.compress(data))
    else:
        pieces = [data] if packing == "zstd" else [data[:100], data[100:]]
        packed.write_bytes(b"".join(zstandard.ZstdCompressor().compress(piece) for piece in pieces))
    plain = [one for one in read(DATA / name) if isinstance(one, Conversation)]
    assert [one for one in read(packed) if isinstance(one, Conversation)] == plain != []


@pytest.mark.parametrize("name", ["clioscope.jsonl", "sharegpt.json", "tickets.csv"])
def test_byte_order_marks(name: str, tmp_path: Path) -> None:
    text = (DATA / name).read_text(encoding="utf-8")
    plain = [one for one in read(DATA / name) if isinstance(one, Conversation)]
    for encoding in ("utf-8-sig", "utf-16"):
        path = tmp_path / encoding
        path.write_bytes(text.encode(encoding))
        assert [one for one in read(path) if isinstance(one, Conversation)] == plain


def test_an_array_cut_off_gives_all_before_the_cut(tmp_path: Path) -> None:
    text = (DATA / "sharegpt.json").read_text(encoding="utf-8")
    whole = read(DATA / "sharegpt.json")
    fifth = text.index('"WSGTmPU_0"')
    for cut in (fifth + 5, fifth + 40, text.index("exception", fifth), len(text) - 12):
        path = tmp_path / "cut.json"
        path.write_text(text[:cut])
        got = read(path)
        assert got[:4] == whole[:4]
        assert isinstance(got[-1], Rejected)
        assert "cut off" in got[-1].reason
        assert got[-1].line == len(got)


def test_every_cut_of_an_array_is_survived(tmp_path: Path) -> None:
    records = [{"id": str(i), "conversations": [{"from": "human", "value": f'a\\"\n{i}😀 [{{'}]} for i in range(3)]
    data = json.dumps(records).encode()
    ends = [data.index(b'"id": "1"') - 3, data.index(b'"id": "2"') - 3, len(data) - 1]
    path = tmp_path / "cut.json"
    for cut in range(1, len(data)):
        path.write_bytes(data[:cut])
        got = read(path, format="sharegpt")
        good = [one for one in got if isinstance(one, Conversation)]
        assert [one.source_id for one in good] == [str(i) for i in range(3) if ends[i] <= cut], cut
        assert isinstance(got[-1], Rejected), cut


def as_lines(rows: list[dict]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def as_csv(rows: list[dict]) -> str:
    return "id,text\n" + "".join(f"{row['id']},{row['messages'][0]['content']}\n" for row in rows)


@pytest.mark.slow
@pytest.mark.parametrize("write", [as_lines, json.dumps, as_csv])
@pytest.mark.parametrize("harm", ["cut off", "damaged"])
def test_a_harmed_gzip_gives_every_record_before_the_harm_and_one_reason(write, harm: str, tmp_path: Path) -> None:
    rows = [{"id": i, "messages": [{"role": "user", "content": f"{i} {i * i}"}]} for i in range(5000)]
    plain = write(rows).encode()
    packed = gzip.compress(plain)
    packed = packed[:-5000] if harm == "cut off" else packed[:-8] + b"none" + packed[-4:]
    stands = len(zlib.decompressobj(31).decompress(packed if harm == "cut off" else packed[:-8]))
    path = tmp_path / "harmed.gz"
    path.write_bytes(packed)
    got = read(path)
    good = [one for one in got if isinstance(one, Conversation)]
    whole = plain[:stands].count(b'{"id"') if write is not as_csv else plain[:stands].count(b"\n") - 1
    assert whole - 1 <= len(good) <= whole and whole > 1000  # the last one may be cut in two
    assert isinstance(got[-1], Rejected) and len(got) == len(good) + 1
    assert f"cannot be read any further (the gzip file is {harm} after {stands:,} unpacked bytes)" in got[-1].reason
    assert got[-1].line > len(good)


def test_damaged_records_name_line_and_field(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    user = {"role": "user", "content": "hi"}
    lines: list[bytes] = [
        json.dumps({"id": 1, "messages": [user]}).encode(),
        b'{"id": 2, "messages": [{"role": "user"',
        b"",
        json.dumps({"id": 3, "messages": "hi"}).encode(),
        json.dumps({"id": 4, "messages": [user, {"role": "wizard", "content": "x"}]}).encode(),
        json.dumps({"id": 5, "messages": [{"role": "user", "content": 7}]}).encode(),
        json.dumps(
            {"id": 6, "messages": [{"role": "assistant", "content": "x"}, {"role": "user", "content": " \x00"}]}
        ).encode(),
        json.dumps({"id": 7, "messages": [user], "created_at": "yesterday"}).encode(),
        json.dumps({"id": ["x"], "messages": [user]}).encode(),
        json.dumps({"id": 8, "messages": [user], "metadata": 3}).encode(),
        json.dumps([1, 2]).encode(),
        b'{"id": 9, "messages": [{"role": "user", "content": "\xff"}]}',
        b"[" * 100_000,
        json.dumps({"id": 10, "messages": [{"role": "user", "content": [{"type": "text", "text": 5}]}]}).encode(),
        json.dumps({"id": 11, "messages": [user], "created_at": 1e300}).encode(),
        json.dumps({"id": 12, "messages": []}).encode(),
        json.dumps({"id": 13, "messages": [user]}).encode(),
    ]
    path.write_bytes(b"\n".join(lines))
    got = read(path, format="clioscope")
    good = {one.source_id: one for one in got if isinstance(one, Conversation)}
    assert [name for name in good if len(name) < 32] == ["1", "4", "7", "8", "11", "13"]
    assert len(good) == 7  # one by the hash of its content
    kinds = {one.line: one.kind for one in got if isinstance(one, Rejected)}
    assert [line for line, kind in kinds.items() if kind == "field"] == [5, 8, 9, 10, 15]
    found = dict(reasons(path, format="clioscope"))
    assert found == {
        2: "not valid JSON (expecting ',' delimiter, column 39)",
        4: "messages: expected a list, found text",
        5: "the unknown role 'wizard' is taken as system",
        6: "messages[0].content: expected text or a list of parts, found a number",
        7: "no user text",
        8: "created_at: 'yesterday' is not a date ('yesterday' is not known here)",
        9: "id: expected text or a number, found a list",
        10: "metadata: expected an object, found a number",
        11: "expected an object, found a list",
        12: "not valid UTF-8 (byte 53)",
        13: "nested too deeply",
        14: "messages[0].content[0].text: expected text, found a number",
        15: "created_at: 1e+300 is not a date (outside 2000 to 2100)",
        16: "no message with text",
    }


def test_lone_surrogates_and_nuls_are_cleaned(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(
        '[{"id": "a\\ud800", "conversations": [{"from": "human", "value": "x\\ud83d y\\u0000z \\ud83d\\ude00"}]}]'
    )
    flaw, one = read(path)
    assert isinstance(one, Conversation)
    assert (one.source_id, one.messages[0].content) == ("a", "x yz 😀")
    assert isinstance(flaw, Rejected)
    assert (flaw.kind, flaw.reason) == ("field", "half a character (a lone surrogate) in the text was left out")


def test_values_that_other_parsers_refuse(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text('[{"id": 1, "score": NaN, "big": 1e999, "conversations": [{"from": "human", "value": "x"}]}]')
    (one,) = read(path)
    assert isinstance(one, Conversation)


def test_csv_rows_that_do_not_fit(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("id,text\n1,one\n2,two, three\n\n3\n4,four\n")
    assert [one.source_id for one in read(path) if isinstance(one, Conversation)] == ["1", "4"]
    assert reasons(path) == [(3, "the row has 3 cells, the header 2"), (5, "text: empty")]


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("empty", b"", "the file is empty"),
        ("blank", b" \n\n", "the file is empty"),
        ("image", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)) * 9, "a binary file"),
        ("sqlite", b"SQLite format 3\x00\x10\x00\x01\x01", "a binary file"),
        ("prose", b"Dear all,\nthis is a letter.\n", "has the fields Dear all.*--text-column"),
        ("columns", b"id,comment\n1,x\n", "has the fields id, comment; .*--text-column"),
        ("header", b"id,text\n", "no readable record .it holds no records."),
        ("object", b'{"rows": [1], "total": 2}', "has the fields rows, total; name the column that holds"),
        ("array", b"[1, 2]", "the first record is a number"),
        ("no array", b"[]", "holds no records"),
        ("broken", b'{"id": 1,\n{"id": 2,\n', "no readable record .line 1: "),
        ("pieces.parquet", b"PAR1abcdefgh", "the Parquet file is not whole"),
        ("a.zip", b"PK\x03\x04 and no more", "the zip is damaged"),
    ],
)
def test_files_that_cannot_be_read_are_one_sentence(name: str, data: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    for call in (sniff_format, read):
        with pytest.raises(InputError, match=message) as caught:
            call(path)
        text = str(caught.value)
        assert text.startswith(str(path))
        assert "\n" not in text and text.endswith(".")


def test_missing_paths_and_folders_without_files(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such file or folder"):
        read(tmp_path / "nowhere.jsonl")
    with pytest.raises(InputError, match="the folder holds no files"):
        read(tmp_path)
    with pytest.raises(InputError, match="No input file"):
        list(read_many([]))


def test_a_wrong_column_lists_the_columns(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no column 'boddy'; the columns are id, created_at, user_id, product, body"):
        read(DATA / "tickets.csv", text_column="boddy")
    table = tmp_path / "t.parquet"
    pl.DataFrame({"a": ["x"], "b": [1]}).write_parquet(table)
    with pytest.raises(InputError, match=r"no column is called text, content, body, review or message; .* are a, b"):
        read(table, format="text")
    assert reasons(table, text_column="b") == [(1, "b: expected text, found a number")]


def test_a_folder_is_read_in_order_and_a_stray_file_is_no_fault(tmp_path: Path) -> None:
    for name in ("lmsys.jsonl", "tickets.csv"):
        (tmp_path / name).write_bytes((DATA / name).read_bytes())
    (tmp_path / "dataset_infos.json").write_text('{"splits": 3}')
    (tmp_path / "README.md").write_text("about")
    (tmp_path / ".cache").mkdir()
    (tmp_path / ".cache" / "x.jsonl").write_text("junk")
    got = read(tmp_path)
    assert [Path(one.file).name for one in got if isinstance(one, Rejected)] == [
        "dataset_infos.json",
        "tickets.csv",
        tmp_path.name,
    ]
    assert sum(isinstance(one, Conversation) for one in got) == 5
    together = list(read_many([DATA / "lmsys.jsonl", DATA / "tickets.csv"]))
    assert [one for one in together if isinstance(one, Conversation)] == [
        one for one in got if isinstance(one, Conversation)
    ]


def test_an_unpacked_export_is_its_conversations_and_what_is_listed(tmp_path: Path) -> None:
    (tmp_path / "conversations.json").write_bytes((DATA / "claude.json").read_bytes())
    (tmp_path / "users.json").write_text("[]")
    (tmp_path / "projects.json").write_text("[{}]")
    assert [type(one).__name__ for one in read(tmp_path)] == ["Conversation"] + ["Rejected"] * 3


@pytest.mark.slow
@pytest.mark.parametrize("layout", ["array", "lines", "csv"])
def test_memory_does_not_grow_with_the_file(layout: str, tmp_path: Path) -> None:
    def peak(count: int) -> int:
        path = tmp_path / f"{count}"
        body = "word " * 400
        with path.open("w") as file:
            if layout == "csv":
                file.write("id,text\n" + "".join(f"{i},{body}\n" for i in range(count)))
            else:
                rows = (json.dumps({"id": i, "messages": [{"role": "user", "content": body}]}) for i in range(count))
                file.write("[" + ",\n".join(rows) + "]" if layout == "array" else "\n".join(rows))
        tracemalloc.start()
        assert sum(isinstance(one, Conversation) for one in read_conversations(path)) == count
        high = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return high

    peak(10)
    assert peak(8000) < 1.5 * peak(1000)  # 16 MB and 2 MB of text, both beyond all buffers


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        (
            '{"data": [{"id": 1, "words": "a"}, {"id": 2, "words": "b"}], "total": 2}',
            "the field 'data' holds a list of 2",
        ),
        ('{"k1": {"words": "a"}, "k2": {"words": "b"}}', "it holds 2 objects by their names"),
        ("Ticket export,,\n,,\nid,user,text\n1,u,a\n", "remove the lines above the header"),
    ],
)
def test_an_unknown_layout_says_what_to_do(tmp_path: Path, text: str, hint: str) -> None:
    path = tmp_path / "in.json"
    path.write_text(text)
    with pytest.raises(InputError, match=hint):
        list(read_conversations(path))


def test_a_cell_with_both_sides_of_a_help_desk_is_a_conversation(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text('id,text\n1,"Customer: Where is it?\nAgent: On its way."\n')
    (found,) = read_conversations(path)
    assert isinstance(found, Conversation)
    assert [(one.role, one.content) for one in found.messages] == [
        ("user", "Where is it?"),
        ("assistant", "On its way."),
    ]
