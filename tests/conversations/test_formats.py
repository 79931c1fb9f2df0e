"""Every built-in format, from a file in its published shape to conversations."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from clioscope.conversations import Context, Conversation, Rejected, all_formats, read_conversations, sniff_format
from clioscope.conversations import formats as registry
from clioscope.conversations.build import make_conversation
from clioscope.errors import InputError, SettingsError

DATA = Path(__file__).parents[1] / "data" / "conversations"
FILES = {
    "clioscope": "clioscope.jsonl",
    "sharegpt": "sharegpt.json",
    "wildchat": "wildchat.jsonl",
    "lmsys": "lmsys.jsonl",
    "chatgpt": "chatgpt.json",
    "claude": "claude.json",
    "claude_code": "claude_code.jsonl",
    "codex": "codex.jsonl",
    "openai_batch": "openai_batch.jsonl",
    "responses": "responses.jsonl",
    "anthropic": "anthropic.jsonl",
    "otel": "otel.jsonl",
    "langsmith": "langsmith.jsonl",
    "langfuse": "langfuse.jsonl",
    "openai": "openai.jsonl",
    "gemini_takeout": "gemini_takeout.json",
    "open_webui": "open_webui.json",
    "librechat": "librechat.json",
    "llama_ui": "llama_ui.jsonl",
    "arena": "arena.jsonl",
    "oasst": "oasst.jsonl",
    "message_table": "message_table.csv",
    "logs": "logs.jsonl",
    "pairs": "pairs.jsonl",
    "text": "tickets.csv",
}


def load(path: Path, **options: Any) -> tuple[list[Conversation], list[Rejected]]:
    good, bad = [], []
    for record in read_conversations(path, **options):
        if isinstance(record, Conversation) or record.kind != "other":
            (good if isinstance(record, Conversation) else bad).append(record)
    return good, bad  # type: ignore[return-value]


def said(conversation: Conversation) -> list[tuple[str, str]]:
    return [(message.role, message.content) for message in conversation.messages]


def test_there_is_a_file_for_every_built_in_format() -> None:
    assert set(FILES) == set(registry.BUILT_IN) <= set(all_formats())


@pytest.mark.parametrize("name", FILES)
def test_the_format_is_told_from_the_content(name: str, tmp_path: Path) -> None:
    disguised = tmp_path / "data.bin"
    disguised.write_bytes((DATA / FILES[name]).read_bytes())
    assert sniff_format(disguised) == name


@pytest.mark.parametrize("name", FILES)
def test_naming_the_format_reads_the_same(name: str) -> None:
    assert load(DATA / FILES[name]) == load(DATA / FILES[name], format=name)


def test_clioscope() -> None:
    first, second, third = load(DATA / "clioscope.jsonl")[0]
    assert said(first)[0] == ("system", "You help gardeners.")
    assert first.created_at == datetime(2024, 5, 1, 8, tzinfo=UTC)
    assert first.metadata == {"plan": "free", "score": 4}  # the list among them is no flat field
    assert second.created_at == datetime(2024, 5, 1, 10, tzinfo=UTC)
    assert (third.source_id, third.user_id, third.created_at) == ("a3", None, None)


def test_sharegpt_array_jsonl_and_items_are_the_same(tmp_path: Path) -> None:
    records = json.loads((DATA / "sharegpt.json").read_text(encoding="utf-8"))
    lines = tmp_path / "lines"
    lines.write_text("\n".join(json.dumps(record) for record in records))
    items = tmp_path / "items"
    items.write_text(json.dumps([{"id": one["id"], "items": one["conversations"]} for one in records]))
    table = tmp_path / "table"
    pl.DataFrame(records).write_parquet(table)
    good, bad = load(DATA / "sharegpt.json")
    assert (len(good), bad) == (6, [])
    assert good[1].content_id == good[2].content_id != good[0].content_id
    for other in (lines, items, table):
        assert load(other) == (good, [])


MESSAGE = {
    "content": pl.String,
    "hashed_ip": pl.String,
    "role": pl.String,
    "turn_identifier": pl.Int64,
    "toxic": pl.Boolean,
}


def test_wildchat_jsonl_and_parquet_are_the_same(tmp_path: Path) -> None:
    good, bad = load(DATA / "wildchat.jsonl")
    assert (len(good), bad) == (2, [])
    assert good[0].source_id == "cf1267ca6b2f6fccc9c36652a00059a1"
    assert good[0].user_id == good[1].user_id is not None
    assert good[0].created_at == datetime(2023, 4, 9, 0, 2, 53, tzinfo=UTC)
    assert good[1].metadata["redacted"] is True
    assert "header" not in good[1].metadata and "timestamp" not in good[1].metadata
    table = tmp_path / "train-00000-of-00014.parquet"
    rows = [json.loads(line) for line in (DATA / "wildchat.jsonl").read_text(encoding="utf-8").splitlines()]
    for row in rows:  # published with a typed timestamp
        row["timestamp"] = datetime.fromisoformat(row["timestamp"])
    pl.DataFrame(rows).with_columns(pl.col("conversation").cast(pl.List(pl.Struct(MESSAGE)))).write_parquet(table)
    assert load(table) == (good, [])


def test_lmsys_jsonl_and_parquet_are_the_same(tmp_path: Path) -> None:
    good, bad = load(DATA / "lmsys.jsonl")
    assert (len(good), bad) == (2, [])
    assert good[0].source_id == "33f01939a744455c869cb234afca47f1"
    assert (good[0].user_id, good[0].created_at) == (None, None)
    assert good[0].metadata == {"model": "wizardlm-13b", "turn": 1, "language": "English", "redacted": False}
    table = tmp_path / "lmsys"
    pl.read_ndjson(DATA / "lmsys.jsonl").write_parquet(table)
    assert sniff_format(table) == "lmsys"
    assert load(table) == (good, [])


def test_chatgpt_follows_the_current_branch_and_hides_what_the_user_did_not_write() -> None:
    (good,), (bad,) = load(DATA / "chatgpt.json")
    assert said(good) == [
        ("user", "[image]\nHow do I prune this rose?\n[file: name omitted]"),
        ("assistant", "[tool call: browser]"),
        ("tool", "Cut above an outward bud."),
        ("assistant", "Cut above an outward-facing bud."),
        ("user", "Thank you"),
    ]
    assert good.metadata["title"] == "Prune roses"
    assert good.created_at == datetime.fromtimestamp(1736209400.5, UTC)
    assert (bad.line, bad.reason) == (2, "no message with text")


def test_chatgpt_without_current_node_takes_the_newest_branch_and_survives_a_loop(tmp_path: Path) -> None:
    records = json.loads((DATA / "chatgpt.json").read_text(encoding="utf-8"))[:1]
    records[0]["current_node"] = None
    path = tmp_path / "conversations.json"
    path.write_text(json.dumps(records))
    assert said(load(path)[0][0])[-1] == ("user", "Thank you")
    records[0]["current_node"] = "u1"
    path.write_text(json.dumps(records))
    assert said(load(path)[0][0]) == [("user", "How do I prune rose?")]
    records[0]["mapping"]["root"]["parent"] = "u1"
    path.write_text(json.dumps(records))
    assert said(load(path)[0][0]) == [("user", "How do I prune rose?")]


def test_an_account_export_is_one_user_also_in_pieces_in_a_zip(tmp_path: Path) -> None:
    text = (DATA / "chatgpt.json").read_text(encoding="utf-8")
    for person in ("ann", "bob"):
        with zipfile.ZipFile(tmp_path / f"{person}.zip", "w") as archive:
            archive.writestr("user.json", "{}")
            archive.writestr("conversations-000.json", text)
            archive.writestr("conversations-001.json", text)
    good, bad = load(tmp_path)
    assert (len(good), [one.kind for one in bad].count("file"), len(bad)) == (4, 2, 6)
    assert sorted({one.user_id for one in good}) == ["chatgpt account ann.zip", "chatgpt account bob.zip"]
    assert {one.user_id for one in load(tmp_path / "ann.zip")[0]} == {"chatgpt account ann.zip"}


def test_claude(tmp_path: Path) -> None:
    (good,), (bad,) = load(DATA / "claude.json")
    assert said(good) == [
        ("user", "Explain this letter\n[file: name omitted]"),
        ("assistant", "[tool call: web_search]"),
        ("tool", "[tool result]"),
        ("assistant", "You owe 12."),
        ("user", "And what about this second letter?"),
        ("assistant", "It says the same."),
    ]
    assert good.user_id == "acc00000-0000-4000-8000-000000000009"
    assert bad.reason == "no message with text"
    with zipfile.ZipFile(tmp_path / "data-2025.zip", "w") as archive:
        archive.write(DATA / "claude.json", "data/conversations.json")
        archive.writestr("data/users.json", "[]")
    assert sniff_format(tmp_path / "data-2025.zip") == "claude"
    assert load(tmp_path / "data-2025.zip")[0] == [good]


def test_openai_parts_calls_and_bare_lists() -> None:
    (first, second), bad = load(DATA / "openai.jsonl")
    assert bad == []
    assert said(first)[:3] == [
        ("system", "Answer briefly."),
        ("user", "What is on this picture?\n[image]\n[file: name omitted]"),
        ("assistant", "[tool call: look_closer]"),
    ]
    assert (first.source_id, first.user_id) == ("r-1", "u-7")
    assert said(second)[1:3] == [("assistant", "[tool call: get_weather]"), ("tool", '{"t": 20}')]
    assert second.source_id == second.content_id  # no id of its own


@pytest.mark.parametrize("layout", ["one list", "array of lists", "pretty list", "array of objects", "one object"])
def test_openai_layouts(layout: str, tmp_path: Path) -> None:
    messages = [{"role": "user", "content": "Hi [there"}, {"role": "assistant", "content": "Hello"}]
    text = {
        "one list": json.dumps(messages),
        "array of lists": json.dumps([messages]),
        "pretty list": json.dumps(messages, indent=2),
        "array of objects": json.dumps([{"messages": messages}], indent=2),
        "one object": json.dumps({"messages": messages}, indent=2),
    }[layout]
    path = tmp_path / "x"
    path.write_text(text)
    assert sniff_format(path) == "openai"
    good, bad = load(path)
    assert bad == []
    assert [said(one) for one in good] == [[("user", "Hi [there"), ("assistant", "Hello")]]


def test_text_rows() -> None:
    good, (bad,) = load(DATA / "tickets.csv")
    assert [one.source_id for one in good] == ["17", "18", "20"]
    assert said(good[0]) == [("user", "The router restarts every hour, and\nthe light is red.")]
    assert said(good[2]) == [("user", 'Where is my "new" modem?')]
    assert good[1].created_at == datetime(2024, 2, 2, 10, tzinfo=UTC)
    assert good[0].metadata == {"product": "router"}
    assert (bad.line, bad.reason) == (5, "body: empty")


@pytest.mark.parametrize("kind", ["tsv", "semicolons", "jsonl", "parquet", "utf-16"])
def test_text_in_other_tables(kind: str, tmp_path: Path) -> None:
    rows = [{"id": "1", "remark": "one; two", "stars": "5"}, {"id": "2", "remark": "три", "stars": "1"}]
    path = tmp_path / "table"
    frame = pl.DataFrame(rows)
    if kind == "jsonl":
        frame.write_ndjson(path)
    elif kind == "parquet":
        frame.write_parquet(path)
    elif kind == "utf-16":
        path.write_bytes(frame.write_csv(separator="\t").encode("utf-16"))
    else:
        frame.write_csv(path, separator="\t" if kind == "tsv" else ";")
    good, bad = load(path, text_column="remark")
    assert bad == []
    assert [(one.source_id, said(one), dict(one.metadata)) for one in good] == [
        ("1", [("user", "one; two")], {"stars": "5"}),
        ("2", [("user", "три")], {"stars": "1"}),
    ]


@pytest.fixture
def trial() -> Iterator[None]:
    """Formats that a test registers are forgotten after it."""
    all_formats()
    with registry.formats.temporarily():
        yield


def test_a_plug_in_adds_a_format(tmp_path: Path, trial: None) -> None:

    @registry.source("mail", about="mail threads", matches=lambda record: "subject" in record)
    def parse(record: Any, context: Context) -> Conversation:
        return make_conversation([("user", record["subject"])], source_id=record["n"])

    path = tmp_path / "mail.jsonl"
    path.write_text('{"n": 7, "subject": "Late again", "text": "…"}\n')
    assert list(all_formats())[-2:] == ["mail", "text"]
    assert sniff_format(path) == "mail"
    assert said(load(path)[0][0]) == [("user", "Late again")]


def test_unknown_format_lists_the_known() -> None:
    with pytest.raises(
        SettingsError,
        match=r"no input format 'sharegtp'; choose one of: anthropic, .* \(did you mean sharegpt\?\)",
    ):
        load(DATA / "sharegpt.json", format="sharegtp")
    with pytest.raises(SettingsError, match="goes with the format text, not with lmsys"):
        load(DATA / "lmsys.jsonl", format="lmsys", text_column="x")


def test_the_examples_of_the_documentation(tmp_path: Path, trial: None) -> None:
    text = (DATA.parents[2] / "docs" / "input-formats.md").read_text(encoding="utf-8")
    ours = tmp_path / "ours.jsonl"
    ours.write_text(re.findall(r"```json\n(.*?)```", text, re.DOTALL)[0])
    assert sniff_format(ours) == "clioscope"
    (one,) = load(ours)[0]
    assert (one.source_id, one.user_id, one.metadata) == ("c-17", "u-4", {"plan": "free"})
    exec(re.findall(r"```python\n(.*?)```", text, re.DOTALL)[0], {})
    forum = tmp_path / "forum.jsonl"
    forum.write_text('{"id": 3, "date": "2024-05-01", "board": "garden", "thread": [{"guest": true, "text": "hi"}]}')
    assert sniff_format(forum) == "forum"
    (one,) = load(forum)[0]
    assert (one.source_id, said(one), one.metadata["board"]) == ("3", [("user", "hi")], "garden")


@pytest.mark.parametrize("heading", ["Description", "Текст обращения", "prompt"])
def test_headings_of_help_desks_are_text_columns(heading: str, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(f"Id,Subject,{heading}\n7,Help,Why do my tomato leaves curl?\n8,Help,When do I prune?\n")
    good, _ = load(path)
    assert [said(one) for one in good] == [[("user", "Why do my tomato leaves curl?")], [("user", "When do I prune?")]]
    assert [one.source_id for one in good] == ["7", "8"]
    path.write_text(f"Id,{heading}\n7,red\n8,green\n")  # words of a catalogue, as likely
    with pytest.raises(InputError, match="--text-column"):
        load(path)
