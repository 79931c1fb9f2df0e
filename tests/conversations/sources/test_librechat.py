"""Exports of LibreChat."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
from conversations.sources.support import DATA, load, load_rows, said

from clioscope.conversations.build import ABANDONED

SEEN = [
    ("user", "Why does my compost smell?"),
    ("assistant", "[tool call: search]\nIt is too wet."),
    ("user", "Thanks, what do I add?"),
]


def flat() -> tuple[dict[str, Any], list[dict[str, Any]]]:
    record = json.loads((DATA / "librechat.json").read_text(encoding="utf-8"))
    waiting, messages = record.pop("messagesTree"), []
    while waiting:
        message = waiting.pop(0)
        waiting += message.pop("children")
        messages.append(message)
    return record, messages


def test_a_tree_a_list_and_rows_are_the_same(tmp_path: Path) -> None:
    tree = load(DATA / "librechat.json")
    record, messages = flat()
    nested = {**record, "messages": json.loads((DATA / "librechat.json").read_text(encoding="utf-8"))["messagesTree"]}
    for found in (
        tree,
        load_rows(tmp_path, [nested]),
        load_rows(tmp_path, [{**record, "messages": messages}]),
        load_rows(tmp_path, messages),
    ):
        (good,), bad, left_out = found
        assert (said(good), bad, left_out) == (SEEN, [], {ABANDONED: 1})
        assert (good.source_id, good.user_id) == ("lc-1", "65f0")
        assert good.created_at is not None


def test_the_csv_of_an_export_is_one_conversation(tmp_path: Path) -> None:
    names = ("sender", "text", "isCreatedByUser", "error", "unfinished", "messageId", "parentMessageId", "createdAt")
    rows = [{name: message.get(name, False) for name in names} for message in flat()[1]]
    pl.DataFrame(rows).write_csv(tmp_path / "x.csv")
    (good,), bad, left_out = load(tmp_path / "x.csv")
    assert [role for role, _ in said(good)] == ["user", "user"]  # the text of the answer stands in its parts alone
    assert (bad, left_out) == ([], {ABANDONED: 1})
