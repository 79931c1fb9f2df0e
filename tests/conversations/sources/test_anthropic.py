"""Logs of the Messages API."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from conversations.sources.support import DATA, asked, load, said, write

REPEATED = "requests that repeat an earlier part of the same conversation"


def message(role: str, text: str) -> dict[str, Any]:
    return {"role": role, "content": text}


def request(*texts: str, **more: Any) -> dict[str, Any]:
    messages = [message("assistant" if n % 2 else "user", text) for n, text in enumerate(texts)]
    return {"model": "claude-x", "max_tokens": 9, "system": "S", "messages": messages, **more}


def test_the_longest_request_stands_for_all() -> None:
    (one, two), bad, left_out = load(DATA / "anthropic.jsonl")
    assert bad == []
    assert [turn for turn in said(one) if turn[0] != "system"] == [
        ("user", "Is the blue vase in stock?"),
        ("assistant", "[tool call: stock]"),
        ("tool", "3 of it"),
        ("assistant", "Yes, three."),
        ("user", "Send me one"),
        ("assistant", "Done."),
    ]
    assert said(one)[0] == ("system", "You run a shop.")
    assert one.user_id == "u-1"
    assert one.created_at is not None
    assert said(two)[1:] == [
        ("user", "When do you open?"),
        ("assistant", "[tool call: web_search]"),
        ("tool", "[tool result]"),
        ("assistant", "At nine."),
    ]
    assert two.source_id == "x-2"
    assert left_out == {REPEATED: 2}


def test_people_who_say_the_same_are_not_taken_for_one(tmp_path: Path) -> None:
    rows = [request("hello"), request("hello"), request("hello", "hi", "what is a bulb?"), request("hello")]
    good, bad, left_out = load(write(tmp_path / "x.jsonl", *rows))
    assert bad == []
    assert [asked(one) for one in good] == [["hello"], ["hello", "what is a bulb?"], ["hello"]]
    assert left_out == {REPEATED: 1}


def test_a_session_is_one_conversation_without_what_its_agents_ask(tmp_path: Path) -> None:
    who = {"metadata": {"user_id": "user_ab_account_11-22_session_33-44"}}
    rows = [
        request("mend the basket", **who),
        {**request("make a title of: mend the basket", **who), "system": "You make titles."},
        request("mend the basket", "done", "and add a test", **who),
        request("mend the basket", "done", "and add a test", "added", **who),
    ]
    (one,), bad, left_out = load(write(tmp_path / "x.jsonl", *rows))
    assert bad == []
    assert asked(one) == ["mend the basket", "and add a test"]
    assert (one.source_id, one.user_id) == ("33-44", "11-22")
    assert sum(left_out.values()) == 3


def test_bedrock_and_json_in_cells(tmp_path: Path) -> None:
    body = {
        "anthropic_version": "bedrock-2023-05-31",
        "max_tokens": 9,
        "messages": [message("user", "what is a bulb?")],
    }
    answer = {"type": "message", "role": "assistant", "content": [{"type": "text", "text": "a store"}]}
    bedrock = {
        "timestamp": "2026-04-01T09:00:00Z",
        "input": {"inputBodyJson": body},
        "output": {"outputBodyJson": answer},
    }
    cells = {"id": 7, "request": json.dumps(body), "response": json.dumps(answer)}
    for row in (bedrock, cells):
        (one,), bad, _ = load(write(tmp_path / "x.jsonl", row))
        assert (said(one), bad) == ([("user", "what is a bulb?"), ("assistant", "a store")], [])
