"""Trees of OpenAssistant, nested and flat."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
from conversations.sources.support import DATA, Loaded, load, load_rows, said

from clioscope.conversations import sniff_format
from clioscope.conversations.sources.oasst import DELETED, OTHER


def check(found: Loaded) -> None:
    assert found.bad == [] and found.left_out == {OTHER: 1, DELETED: 1}
    first, second = found.good
    assert said(first) == [
        ("user", "How do I keep slugs away?"),
        ("assistant", "Use copper tape."),
        ("user", "Does it last?"),
        ("assistant", "For a season."),
    ]
    assert (first.source_id, first.user_id, second.user_id) == ("t1", "u1", "u7")
    assert first.created_at is not None and first.metadata["lang"] == "en"


def rows() -> list[dict[str, Any]]:
    flat = []
    for line in (DATA / "oasst.jsonl").read_text(encoding="utf-8").splitlines():
        tree = json.loads(line)
        waiting = [tree["prompt"]]
        while waiting:
            node = waiting.pop(0)
            waiting += node["replies"]
            del node["replies"], node["emojis"]
            flat.append({"message_tree_id": tree["message_tree_id"], "tree_state": tree["tree_state"], **node})
    return flat


def test_the_best_ranked_branch_of_each_tree() -> None:
    check(load(DATA / "oasst.jsonl"))


def test_flat_messages_in_any_order_are_the_same_trees(tmp_path: Path) -> None:
    flat = rows()
    check(load_rows(tmp_path, flat))
    check(load_rows(tmp_path, flat[:4] + flat[:3:-1]))
    pl.DataFrame(flat).write_parquet(tmp_path / "x.parquet")
    pl.DataFrame(flat).write_csv(tmp_path / "x.csv")
    for name in ("x.parquet", "x.csv"):
        assert sniff_format(tmp_path / name) == "oasst"
        check(load(tmp_path / name))


def test_a_deleted_prompt_is_rejected_with_its_tree(tmp_path: Path) -> None:
    flat = rows()
    flat[0]["deleted"] = True
    good, bad, left_out = load_rows(tmp_path, flat)
    assert len(good) == 1 and left_out == {}
    assert [(one.reason, one.count) for one in bad] == [("the prompt of the tree was deleted or has no text", 6)]
