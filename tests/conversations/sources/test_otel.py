"""Traces of OpenTelemetry and of its relatives."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from conversations.sources.support import DATA, asked, load, said, write

WANTED = [("user", "what is a bulb?"), ("assistant", "a store")]


def span(attributes: dict[str, Any], trace: str = "t1", **more: Any) -> dict[str, Any]:
    context = {"trace_id": trace, "span_id": "1"}
    return {"name": "x", "context": context, "start_time": "2026-05-01T10:30:00Z", "attributes": attributes, **more}


def test_the_calls_of_a_trace_and_the_traces_of_a_conversation_are_one() -> None:
    (one, two), bad, left_out = load(DATA / "otel.jsonl")
    assert bad == []
    assert said(one) == [
        ("system", "You run a shop."),
        ("user", "Is the blue vase in stock?"),
        ("assistant", "[tool call: stock]"),
        ("tool", "3 of it"),
        ("assistant", "Yes, three."),
        ("user", "Send me one\n[image]"),
        ("assistant", "Done."),
    ]
    assert (one.source_id, one.user_id) == ("conv-1", "u-1")
    assert one.created_at == datetime(2026, 5, 1, 10, 30, 1, tzinfo=UTC)
    assert one.metadata["service.name"] == "shop"
    assert said(two) == [("system", "Be brief."), ("user", "When do you open?"), ("assistant", "At nine.")]
    assert left_out == {
        "steps of traces without messages": 2,
        "requests that repeat an earlier part of the same conversation": 2,
    }


USER = {"role": "user", "content": "what is a bulb?"}
ANSWER = {"role": "assistant", "content": "a store"}
LAYOUTS: dict[str, dict[str, Any]] = {
    "lists": {"gen_ai.input.messages": [USER], "gen_ai.output.messages": [ANSWER]},
    "nested": {"gen_ai": {"input": {"messages": [USER]}, "output": {"messages": [ANSWER]}}},
    "json text": {"gen_ai.prompt": json.dumps([USER]), "gen_ai.completion": json.dumps([ANSWER])},
    "openinference": {
        "openinference.span.kind": "LLM",
        "input.value": "{}",
        "llm.input_messages.0.message.role": "user",
        "llm.input_messages.0.message.contents.0.message_content.type": "text",
        "llm.input_messages.0.message.contents.0.message_content.text": "what is a bulb?",
        "llm.output_messages.0.message.role": "assistant",
        "llm.output_messages.0.message.content": "a store",
    },
    "openinference, nested": {
        "llm": {
            "input_messages": [{"message": USER}],
            "output_messages": [{"message.role": "assistant", "message.content": "a store"}],
        }
    },
    "text": {"openinference.span.kind": "CHAIN", "input.value": "what is a bulb?", "output.value": "a store"},
    "ai sdk": {"ai.prompt.messages": json.dumps([USER]), "ai.response.text": "a store"},
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts(layout: str, tmp_path: Path) -> None:
    (one,), bad, _ = load(write(tmp_path / "x.jsonl", span(LAYOUTS[layout])))
    assert (said(one), bad) == (WANTED, [])
    assert (one.source_id, one.created_at) == ("t1", datetime(2026, 5, 1, 10, 30, tzinfo=UTC))


def test_events_and_log_records(tmp_path: Path) -> None:
    events = [
        {"name": "gen_ai.user.message", "attributes": {"content": "what is a bulb?"}},
        {"name": "gen_ai.choice", "attributes": {"index": 0, "message": json.dumps(ANSWER)}},
    ]
    (one,), bad, _ = load(write(tmp_path / "x.jsonl", span({}, events=events)))
    assert (said(one), bad) == (WANTED, [])
    details = [
        {"key": "gen_ai.input.messages", "value": {"stringValue": json.dumps([USER])}},
        {"key": "gen_ai.output.messages", "value": {"stringValue": json.dumps([ANSWER])}},
    ]
    record = {"timeUnixNano": "1777631400000000000", "eventName": "gen_ai.client.inference.operation.details"}
    logs = [{"scopeLogs": [{"logRecords": [{**record, "traceId": "t", "attributes": details}]}]}]
    (one,), bad, _ = load(write(tmp_path / "y.jsonl", {"resourceLogs": logs}))
    assert (said(one), bad) == (WANTED, [])


def test_what_tools_were_asked_is_not_the_users(tmp_path: Path) -> None:
    rows = [
        span({"openinference.span.kind": "CHAIN", "input.value": "a template of a prompt", "session.id": "s"}),
        span({"openinference.span.kind": "TOOL", "input.value": "a call"}, parent_id="1"),
        span({"gen_ai.input.messages": [USER], "gen_ai.output.messages": [ANSWER], "user.id": "u"}, parent_id="1"),
    ]
    (one,), bad, left_out = load(write(tmp_path / "x.jsonl", *rows))
    assert (asked(one), bad) == (["what is a bulb?"], [])
    assert (one.source_id, one.user_id) == ("s", "u")
    assert sum(left_out.values()) == 2


def test_a_conversation_of_traces_that_hold_new_messages_alone(tmp_path: Path) -> None:
    rows = [
        span(
            {"gen_ai.input.messages": [{"role": "user", "content": f"question {n}"}], "gen_ai.conversation.id": "c"},
            f"t{n}",
        )
        for n in range(3)
    ]
    (one,), _, _ = load(write(tmp_path / "x.jsonl", *rows))
    assert asked(one) == ["question 0", "question 1", "question 2"]


def test_messages_that_cannot_be_read_are_rejected_with_their_fields(tmp_path: Path) -> None:
    lost = {"gen_ai.input.messages": [{"role": "user", "spoken": {"words": "what is a bulb?"}}]}
    good, (bad,), _ = load(write(tmp_path / "x.jsonl", span(lost)))
    assert good == []
    assert "spoken" in bad.reason
