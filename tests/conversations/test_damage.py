"""Whatever is damaged in a file: what is used and what is counted are all there is, and nobody's text is another's."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clioscope.conversations import Conversation, Rejected, read_conversations
from clioscope.errors import InputError

RECORDS = 12  # of each file


def user(n: int) -> str:
    return f"USER {n}: why do the leaves of my tomatoes curl, and what helps?"


def messages(n: int) -> list[dict[str, Any]]:
    return [
        {"role": "system", "content": f"SYSTEM {n}"},
        {"role": "user", "content": user(n)},
        {"role": "assistant", "content": f"ASSISTANT {n}"},
        {"role": "tool", "content": f"TOOL {n}"},
    ]


def tree(n: int) -> list[dict[str, Any]]:
    def one(key: str, parent: str | None, sender: str, text: str, minute: int) -> dict[str, Any]:
        at = f"2026-03-01T10:{minute:02d}:00Z"
        return {"uuid": key, "parent_message_uuid": parent, "sender": sender, "text": text, "created_at": at}

    return [
        one("a", None, "human", f"DISCARDED {n}", 0),
        one("b", "a", "assistant", f"ASSISTANT DISCARDED {n}", 1),
        one("c", None, "human", user(n), 2),
        one("d", "c", "assistant", f"ASSISTANT {n}", 3),
    ]


def anthropic(n: int) -> list[dict[str, Any]]:
    result = {"type": "tool_result", "tool_use_id": "t", "content": f"TOOL {n}"}
    return [
        {"role": "system", "content": [{"type": "text", "text": f"SYSTEM {n}"}]},
        {"role": "user", "content": [{"type": "text", "text": user(n)}]},
        {"role": "assistant", "content": [{"type": "thinking", "thinking": f"ASSISTANT {n}"}]},
        {"role": "user", "content": [result]},
    ]


SHAPES: dict[str, Callable[[int], dict[str, Any]]] = {
    "clioscope": lambda n: {"id": str(n), "user_id": f"u{n}", "messages": messages(n)},
    "openai": lambda n: {"custom": n, "messages": anthropic(n)},
    "sharegpt": lambda n: {
        "id": str(n),
        "conversations": [{"from": "human", "value": user(n)}, {"from": "gpt", "value": f"ASSISTANT {n}"}],
    },
    "wildchat": lambda n: {"conversation_hash": f"h{n}", "hashed_ip": f"i{n}", "conversation": messages(n)},
    "claude": lambda n: {"uuid": f"c{n}", "account": {"uuid": "acc"}, "chat_messages": tree(n)},
    "logs": lambda n: {"id": str(n), "input": {"messages": messages(n)}, "output": f"ASSISTANT {n} again"},
    "text": lambda n: {"id": n, "text": user(n), "note": f"SYSTEM {n}"},
}
DAMAGES = ("drop a key", "spoil a value", "cut", "garbage", "bad byte", "none")


def spoilt(data: st.DataObject, record: dict[str, Any]) -> str:
    """A record as a line of JSON, damaged somewhere."""
    damage = data.draw(st.sampled_from(DAMAGES))
    if damage in ("drop a key", "spoil a value"):
        place: Any = record
        while True:
            key = data.draw(st.sampled_from(list(place) if isinstance(place, dict) else list(range(len(place)))))
            inner = place[key]
            if isinstance(inner, dict | list) and inner and data.draw(st.booleans()):
                place = inner
                continue
            break
        if damage == "drop a key":
            del place[key]
        else:
            place[key] = data.draw(st.sampled_from([None, 7, True, "", "x", [], {}, [None], {"odd": "value"}]))
        return json.dumps(record)
    line = json.dumps(record)
    if damage == "cut":
        return line[: data.draw(st.integers(1, len(line) - 1))]
    if damage == "garbage":
        at = data.draw(st.integers(0, len(line)))
        return line[:at] + data.draw(st.sampled_from(["}", '"', ",,", "{", "]", "\\"])) + line[at:]
    if damage == "bad byte":
        at = data.draw(st.integers(0, len(line)))
        return line[:at] + "\udcff" + line[at:]
    return line


def check(path: Path, present: int, name: str) -> None:
    found = list(read_conversations(path, format=name))
    good = [one for one in found if isinstance(one, Conversation)]
    lost = sum(one.count for one in found if isinstance(one, Rejected) and one.kind == "record")
    assert len(good) + lost == present
    for one in good:
        for message in one.messages:
            if message.role == "user":
                assert not any(word in message.content for word in ("SYSTEM", "ASSISTANT", "TOOL", "DISCARDED"))
            assert "\ufffd" not in message.content


@pytest.mark.slow
@pytest.mark.parametrize("name", SHAPES)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damaged_lines(name: str, data: st.DataObject, tmp_path: Path) -> None:
    lines = [json.dumps(SHAPES[name](n)) for n in range(RECORDS)]
    for n in data.draw(st.sets(st.integers(1, RECORDS - 1), max_size=4)):
        lines[n] = spoilt(data, SHAPES[name](n))
    path = tmp_path / "damaged.jsonl"
    text = "".join(line + data.draw(st.sampled_from(["\n", "\r\n", ",\n"])) for line in lines)
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    check(path, sum(bool(line.strip(" \t,\r\n")) for line in lines), name)


@pytest.mark.slow
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damaged_rows(data: st.DataObject, tmp_path: Path) -> None:
    """A row that opens a quote and does not close it, or has other cells, costs itself alone."""
    path = tmp_path / "damaged.csv"
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["id", "created_at", "body"])
    harmed = data.draw(st.sets(st.integers(1, RECORDS - 2), max_size=3))
    for n in range(RECORDS):
        at = f"2026-01-{n + 1:02d}T08:00:00Z"
        if n not in harmed:
            writer.writerow([n, at, user(n) if n % 3 else f"{user(n)}\nwith a second line, and a comma"])
            continue
        how = data.draw(st.sampled_from(["open", "more", "escaped"]))
        text = user(n).replace(",", ";")
        if how == "open":
            out.write(f'{n},{at},"{text}\r\n')
        elif how == "more":
            out.write(f"{n},{at},{text},one,cell,more\r\n")
        else:
            out.write(f'{n},{at},"It says \\"{text}\\", again"\r\n')
    path.write_text(out.getvalue(), newline="")
    found = list(read_conversations(path))
    good = [one for one in found if isinstance(one, Conversation)]
    lost = sum(one.count for one in found if isinstance(one, Rejected) and one.kind == "record")
    assert len(good) + lost == RECORDS
    assert {one.source_id for one in good} >= {str(n) for n in range(RECORDS) if n not in harmed}
    for one in good:
        assert [m.content.count("USER") for m in one.messages] == [1]
        assert f"USER {one.source_id}:" in one.messages[0].content


def test_what_holds_nothing_usable_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text('{"a": 1}\n')
    with pytest.raises(InputError, match="the first record has the fields a"):
        list(read_conversations(path))
