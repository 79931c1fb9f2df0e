"""Battles of two models."""

from __future__ import annotations

import json
from pathlib import Path

from conversations.sources.support import DATA, load, load_rows, said

from clioscope.conversations.sources.arena import OTHER

BOTH = [("user", "Why?"), ("assistant", "A")]


def test_one_conversation_per_battle_with_the_judge_as_user() -> None:
    (first, second), bad, left_out = load(DATA / "arena.jsonl")
    assert said(first) == [("user", "Which flowers like shade?"), ("assistant", "Hostas.")]
    assert (first.user_id, second.user_id) == ("arena_user_9", None)
    assert first.metadata["winner"] == "model_a" and second.metadata["judge"] == "gpt4_pair"
    assert (bad, left_out) == ([], {OTHER: 2})


def test_the_newer_layouts(tmp_path: Path) -> None:
    def said_by(role: str, text: str) -> dict[str, object]:
        return {"role": role, "content": [{"type": "text", "text": text, "image": None, "mimeType": None}]}

    a, b = ([said_by("user", "Why?"), said_by("assistant", side)] for side in "AB")
    rounds = [{"user": a[0], "model_side_a": a[1], "model_side_b": b[1]}]
    models = {"model_a": "x", "model_b": "y", "winner": "tie"}
    records = [
        {
            "id": "n1",
            **models,
            "evaluation_session_id": "e",
            "conversation_a": a,
            "conversation_b": b,
            "full_conversation": rounds,
        },
        {"id": "n2", **models, "full_conversation": rounds},
        {"id": "n3", **models, "messages_a": a, "messages_b": b},
        {"question_id": "n4", "judge_hash": "f00", "conversation_a": json.dumps(a), "conversation_b": json.dumps(b)},
        {"id": 5, **models, "prompt": '["Why?"]', "response_a": '["A"]', "response_b": '["B"]'},
    ]
    good, bad, left_out = load_rows(tmp_path, records)
    assert bad == [] and left_out == {OTHER: 5}
    assert [said(one) for one in good] == [BOTH] * 5
    assert [one.source_id for one in good] == ["n1", "n2", "n3", "n4", "5"]
    assert good[3].user_id == "f00"
