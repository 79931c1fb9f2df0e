"""Tables of messages as chat templates keep them."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
from reading import read, read_lines, said


def test_messages_of_the_ai_sdk_in_a_table(tmp_path: Path) -> None:
    parts = [
        [{"type": "text", "text": "When do I prune?"}],
        [{"type": "step-start"}, {"type": "reasoning", "text": "HIDDEN"}, {"type": "text", "text": "In March."}],
    ]
    rows = [
        {
            "id": f"m{n}",
            "chatId": "c1",
            "role": role,
            "parts": json.dumps(part),
            "attachments": "[]",
            "createdAt": f"2026-01-01 10:0{n}:00",
        }
        for n, (role, part) in enumerate(zip(("user", "assistant"), parts, strict=True))
    ]
    pl.DataFrame(rows[::-1]).write_csv(tmp_path / "Message_v2.csv")
    (good,), bad, _ = read(tmp_path / "Message_v2.csv")
    assert said(good) == [("user", "When do I prune?"), ("assistant", "In March.")]
    assert (good.source_id, bad) == ("c1", [])


def test_a_store_that_is_half_migrated_is_read_whole(tmp_path: Path) -> None:
    def turn(role: str, text: str, migrated: bool) -> dict[str, object]:
        return {"role": role, **({"parts": [{"type": "text", "text": text}]} if migrated else {"content": text})}

    records = [
        {"id": f"c{n}", "messages": [turn("user", f"question {n}?", n > 4), turn("assistant", "yes", n > 4)]}
        for n in range(10)
    ]
    good, bad, _ = read_lines(tmp_path, records)
    assert [said(one)[0][1] for one in good] == [f"question {n}?" for n in range(10)] and bad == []
