"""Exports of Open WebUI."""

from __future__ import annotations

import json
from pathlib import Path

from conversations.sources.support import DATA, load, load_rows, said

from clioscope.conversations.build import ABANDONED

SEEN = [
    ("system", "Be brief."),
    ("user", "How do I prune roses?\n[image]"),
    ("assistant", "Cut above a bud."),
    ("user", "And in autumn?"),
]


def test_the_branch_that_the_user_saw_last() -> None:
    (good,), bad, left_out = load(DATA / "open_webui.json")
    assert said(good) == SEEN
    assert (good.source_id, good.user_id, bad, left_out) == ("c-1", "w-4", [], {ABANDONED: 1})
    assert good.created_at is not None and good.created_at.year == 2025


def test_rows_of_the_database_and_chats_without_a_tree(tmp_path: Path) -> None:
    (record,) = json.loads((DATA / "open_webui.json").read_text(encoding="utf-8"))
    (good,), _, _ = load_rows(tmp_path, [{**record, "chat": json.dumps(record["chat"])}])
    assert said(good) == SEEN
    plain = [{"role": "user", "content": "How do I prune roses?"}, {"role": "assistant", "content": "Late."}]
    (good,), _, _ = load_rows(tmp_path, [{"id": "c-2", "user_id": "w", "chat": {"messages": plain}}])
    assert said(good) == [("user", "How do I prune roses?"), ("assistant", "Late.")]


def test_a_first_message_that_was_edited_before_an_answer(tmp_path: Path) -> None:
    nodes = {
        name: {"parentId": None, "role": "user", "content": text, "timestamp": time}
        for name, text, time in (("a", "How do I prune?", 1), ("b", "DISCARDED", 2))
    }
    for current, seen in (("a", "How do I prune?"), (None, "DISCARDED")):
        chat = {"history": {"messages": nodes, "currentId": current}}
        (good,), _, left_out = load_rows(tmp_path, [{"id": "c", "user_id": "u", "chat": chat}])
        assert (said(good), left_out) == ([("user", seen)], {ABANDONED: 1})


def test_calls_of_tools_in_an_answer_are_marks(tmp_path: Path) -> None:
    (record,) = json.loads((DATA / "open_webui.json").read_text(encoding="utf-8"))
    attributes = 'type="tool_calls" done="true" id="x" name="search" arguments="{}" result="TOOL"'
    call = f"<details {attributes}>\n<summary>S</summary>\n</details>\nSo."
    record["chat"]["history"]["messages"]["m3"]["content"] = call
    (good,), _, _ = load_rows(tmp_path, [record])
    assert said(good)[2] == ("assistant", "[tool call: search]\nSo.")
