"""Sessions of Codex and its history of what was typed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from conversations.sources.support import DATA, asked, load, said, write


def item(role: str, text: str) -> dict[str, Any]:
    return {"type": "message", "role": role, "content": [{"type": "input_text", "text": text}]}


def line(type_: str, **payload: Any) -> dict[str, Any]:
    return {"timestamp": "2026-04-02T10:00:00.000Z", "type": type_, "payload": payload}


def test_messages_count_once_and_what_was_rolled_back_does_not() -> None:
    (one,), bad, left_out = load(DATA / "codex.jsonl")
    assert bad == []
    assert [turn for turn in said(one) if turn[0] != "system"] == [
        ("user", "Why does the build fail?"),
        ("assistant", "[tool call: shell]"),
        ("tool", "error in main"),
        ("assistant", "A bracket is missing in main."),
        ("user", "Add the bracket"),
        ("assistant", "Added."),
    ]
    assert one.source_id == "019d0000-0000-7000-8000-000000000001"
    assert (one.user_id, one.created_at) == ("codex account", datetime(2026, 4, 2, 10, tzinfo=UTC))
    assert left_out["messages on branches that an edit or a new answer left behind"] == 2
    assert left_out["messages that the program put in as the user's"] == 3
    assert left_out["events that repeat a message"] == 5
    assert left_out["lines of the type token_count, which hold no message"] == 1


def test_the_layout_of_2025_without_wrappers_and_the_first_one(tmp_path: Path) -> None:
    first = {"id": "s1", "timestamp": "2025-08-01T10:00:00.000Z", "instructions": None}
    items = [
        item("user", "<environment_context>\n<cwd>/x</cwd>\n</environment_context>"),
        item("user", "sort this list"),
        {"type": "function_call", "name": "shell", "call_id": "1", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "1", "output": '{"output": "done"}'},
        item("assistant", "sorted"),
    ]
    write(tmp_path / "old.jsonl", first, {"record_type": "state"}, *items)
    write(tmp_path / "oldest.json", {"session": first | {"id": "s0"}, "items": items})
    good, bad, left_out = load(tmp_path)
    assert (len(good), bad) == (2, [])
    assert [one.source_id for one in good] == ["s1", "s0"]
    for one in good:
        assert asked(one) == ["sort this list"]
        assert said(one)[-2:] == [("tool", '{"output": "done"}'), ("assistant", "sorted")]
        assert one.created_at == datetime(2025, 8, 1, 10, tzinfo=UTC)
    assert left_out == {"lines of the type state, which hold no message": 1}


def test_a_fork_is_one_conversation_and_two_sessions_in_a_file_are_two(tmp_path: Path) -> None:
    meta = [line("session_meta", id=name, cwd="/x") for name in ("fork", "parent", "later")]
    rows = [line("response_item", **item("user", f"question {n}")) for n in range(3)]
    path = write(tmp_path / "x.jsonl", meta[0], meta[1], rows[0], rows[1], meta[2], rows[2])
    good, bad, _ = load(path)
    assert bad == []
    assert [(one.source_id, asked(one)) for one in good] == [
        ("fork", ["question 0", "question 1"]),
        ("later", ["question 2"]),
    ]


def test_a_message_that_stands_in_an_event_alone_is_not_lost(tmp_path: Path) -> None:
    event = line("event_msg", type="user_message", message="only here")
    path = write(tmp_path / "x.jsonl", line("session_meta", id="s"), event)
    assert asked(load(path)[0][0]) == ["only here"]


def test_what_an_editor_adds_is_not_the_users(tmp_path: Path) -> None:
    text = "# Context from my IDE setup:\n\n## Active file: a.py\n\n## My request for Codex:\nrename it"
    path = write(
        tmp_path / "x.jsonl",
        line("session_meta", id="s"),
        line("response_item", **item("user", text)),
        line("event_msg", type="user_message", message=text),
    )
    assert asked(load(path)[0][0]) == ["rename it"]


def test_sub_agents_are_left_out_and_the_history_stands_in(tmp_path: Path) -> None:
    spawned = {"subagent": {"thread_spawn": {"parent_thread_id": "s1"}}}
    write(
        tmp_path / "sessions" / "2026" / "04" / "02" / "rollout-2.jsonl",
        line("session_meta", id="s2", source=spawned),
        line("response_item", **item("user", "an order of the model")),
    )
    write(
        tmp_path / "sessions" / "2026" / "04" / "01" / "rollout-1.jsonl",
        line("session_meta", id="s1", source="cli"),
        line("response_item", **item("user", "my question")),
    )
    typed = [
        {"session_id": f"s{n}", "ts": 1775034000 + n, "text": text} for n, text in ((1, "my question"), (3, "more"))
    ]
    write(tmp_path / "history.jsonl", *typed)
    good, bad, left_out = load(tmp_path)
    assert bad == []
    assert sorted(asked(one)[0] for one in good) == ["more", "my question"]
    assert {one.user_id for one in good} == {"codex account"}
    assert left_out == {"sessions of sub-agents": 2, "lines of the history whose session is there": 1}
