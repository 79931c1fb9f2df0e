"""Runs of LangSmith."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
from conversations.sources.support import DATA, asked, load, said, write

THREAD = [
    ("user", "Is the blue vase in stock?"),
    ("assistant", "Yes, three."),
    ("user", "Send me one"),
    ("assistant", "[tool call: order]"),
    ("tool", "ok"),
    ("assistant", "Done."),
]


def test_the_outermost_run_stands_for_a_trace_and_threads_are_one() -> None:
    (one, two), bad, left_out = load(DATA / "langsmith.jsonl")
    assert bad == []
    assert said(one) == THREAD
    assert (one.source_id, one.user_id) == ("th-1", "u-1")
    assert one.created_at == datetime(2026, 5, 1, 10, tzinfo=UTC)
    assert said(two) == [("system", "You run a shop."), ("user", "When do you open?"), ("assistant", "At nine.")]
    assert two.user_id == "u-2"
    assert left_out == {
        "steps of traces without messages": 1,
        "steps of traces whose outer step, or whose messages with roles, say the same": 1,
        "requests that repeat an earlier part of the same conversation": 1,
    }


def test_child_runs_pages_and_tables_of_json(tmp_path: Path) -> None:
    rows = [json.loads(line) for line in (DATA / "langsmith.jsonl").read_text().splitlines()]
    nested = {**rows[0], "child_runs": [{**rows[1], "parent_run_id": None}, rows[2]]}
    page = tmp_path / "page.json"
    page.write_text(json.dumps({"runs": [nested, *rows[3:]], "cursors": {}}, indent=1))
    table = tmp_path / "table.parquet"
    cells = [
        {key: json.dumps(value) if isinstance(value, dict) else value for key, value in row.items()} for row in rows
    ]
    pl.DataFrame(cells).write_parquet(table)
    for path in (page, table):
        good, bad, _ = load(path)
        assert (bad, said(good[0]), len(good)) == ([], THREAD, 2)


def test_the_project_of_a_run_is_no_conversation(tmp_path: Path) -> None:
    runs = [
        {
            "id": name,
            "run_type": "chain",
            "trace_id": name,
            "session_id": "project",
            "inputs": {"question": f"what is {name}?"},
        }
        for name in "xyz"
    ]
    assert [asked(one) for one in load(write(tmp_path / "x.jsonl", *runs))[0]] == [
        [f"what is {name}?"] for name in "xyz"
    ]
