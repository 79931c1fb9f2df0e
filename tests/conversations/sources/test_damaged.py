"""Damaged records of agents, logs and traces: each is used or counted, and nothing else is taken for the user's."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from conversations.sources.support import DATA, asked, load, write

FILES = ["claude_code", "codex", "openai_batch", "responses", "anthropic", "otel", "langsmith", "langfuse"]
ODD: list[Any] = [None, "", 0, -1, True, 1.5, [], {}, [None], {"a": 1}, "null", [[]], "{", "x" * 300]


def spots(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths of all values inside a value."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [spot for key, inner in pairs for spot in ((*path, key), *spots(inner, (*path, key)))]


def damaged(rows: list[Any], chance: random.Random) -> list[Any]:
    rows = json.loads(json.dumps(rows))
    for _ in range(chance.randint(1, 3)):
        *path, last = chance.choice(spots(rows))
        at = rows
        for key in path:
            if not isinstance(at, dict | list):
                break
            at = at[key] if (isinstance(at, dict) and key in at) or (isinstance(at, list) and key < len(at)) else None
        if isinstance(at, dict) and chance.random() < 0.4:
            at.pop(last, None)
        elif isinstance(at, dict) or (isinstance(at, list) and last < len(at)):
            at[last] = chance.choice(ODD)
    return rows


@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
def test_damage_anywhere_is_no_traceback(name: str, tmp_path: Path) -> None:
    rows = [json.loads(line) for line in (DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]
    theirs = {
        text
        for one in load(DATA / f"{name}.jsonl")[0]
        for message in one.messages
        if message.role == "user"
        for text in message.content.split("\n")
    }
    others = {
        text
        for one in load(DATA / f"{name}.jsonl")[0]
        for message in one.messages
        if message.role != "user"
        for text in message.content.split("\n")
    } - theirs
    for seed in range(60):
        path = write(tmp_path / "x.jsonl", *damaged(rows, random.Random(seed)))
        good, bad, left_out = load(path, format=name)
        assert good or bad or left_out
        for one in good:
            assert not others & {line for text in asked(one) for line in text.split("\n")}, seed
