"""Batch input and output."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from conversations.sources.support import DATA, asked, load, said, write


def lines() -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / "openai_batch.jsonl").read_text().splitlines()]


def test_input_and_output_are_joined_also_in_two_files(tmp_path: Path) -> None:
    rows = lines()
    write(tmp_path / "b" / "1_output.jsonl", *rows[4:])
    write(tmp_path / "b" / "2_input.jsonl", *rows[:4])
    for path in (DATA / "openai_batch.jsonl", tmp_path / "b"):
        good, bad, left_out = load(path)
        assert bad == []
        assert [said(one) for one in good] == [
            [("system", "Answer briefly."), ("user", "When do tulips flower?"), ("assistant", "In spring.")],
            [("system", "Answer briefly."), ("user", "When do roses flower?"), ("assistant", "In June.")],
            [("user", "When do lilies flower?")],
        ]
        assert [one.source_id for one in good] == ["r-1", "r-2", "r-3"]
        assert [one.created_at is not None for one in good] == [True, True, False]
        assert left_out == {"requests for embeddings, images or moderation": 1}


def test_an_output_alone_asks_for_the_input(tmp_path: Path) -> None:
    good, bad, _ = load(write(tmp_path / "x.jsonl", *lines()[4:]))
    assert (good, len(bad)) == ([], 3)
    assert "give the batch's input file beside it" in bad[0].reason


def test_ids_that_several_batches_use_never_get_each_others_answers(tmp_path: Path) -> None:
    rows = lines()
    other = {**rows[0], "body": {"messages": [{"role": "user", "content": "What is a bulb?"}]}}
    good, bad, left_out = load(write(tmp_path / "x.jsonl", rows[0], rows[0], other, rows[4], rows[4]))
    assert bad == []
    assert [asked(one) for one in good] == [["When do tulips flower?"], ["What is a bulb?"]]
    assert all(role != "assistant" for one in good for role, _ in said(one))
    assert left_out == {"requests that are given twice": 1, "answers whose custom_id several requests have": 2}


def test_message_batches(tmp_path: Path) -> None:
    request = {
        "custom_id": "a",
        "params": {"system": "S", "messages": [{"role": "user", "content": "What is a bulb?"}]},
    }
    message = {"role": "assistant", "content": [{"type": "text", "text": "A store."}]}
    answer = {"custom_id": "a", "result": {"type": "succeeded", "message": message}}
    (one,), bad, _ = load(write(tmp_path / "x.jsonl", request, answer))
    assert bad == []
    assert said(one) == [("system", "S"), ("user", "What is a bulb?"), ("assistant", "A store.")]
