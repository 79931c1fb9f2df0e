"""Traces and observations of Langfuse."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from pathlib import Path

from conversations.sources.support import DATA, asked, load, said, write

SESSION = [
    ("user", "Is the blue vase in stock?"),
    ("assistant", "Yes, three."),
    ("user", "Send me one"),
    ("assistant", "Done."),
]


def test_traces_of_a_session_are_one_and_observations_stand_in_where_there_is_none() -> None:
    (one, two), bad, left_out = load(DATA / "langfuse.jsonl")
    assert bad == []
    assert said(one) == SESSION
    assert (one.source_id, one.user_id) == ("s-1", "u-1")
    assert one.created_at == datetime(2026, 5, 1, 10, tzinfo=UTC)
    assert said(two) == [("user", "When do you open?"), ("assistant", "At nine.")]
    assert two.source_id == "t3"
    assert left_out == {
        "steps of traces without messages": 2,
        "steps of traces whose outer step, or whose messages with roles, say the same": 2,
    }


def test_files_of_traces_and_of_observations_with_json_in_cells(tmp_path: Path) -> None:
    rows = [json.loads(line) for line in (DATA / "langfuse.jsonl").read_text().splitlines()]
    for name, members in (("observations", [rows[0], *rows[3:]]), ("traces", rows[1:3])):
        path = tmp_path / name / "1.csv"
        path.parent.mkdir()
        with path.open("w", newline="") as stream:
            columns = list(dict.fromkeys(key for row in members for key in row if key != "observations"))
            table = csv.DictWriter(stream, columns, extrasaction="ignore")
            table.writeheader()
            for row in members:
                table.writerow({k: json.dumps(v) if isinstance(v, dict | list) else v for k, v in row.items()})
    good, bad, _ = load(tmp_path)
    assert bad == []
    assert sorted(said(one)[0][1] for one in good) == ["Is the blue vase in stock?", "When do you open?"]
    assert max((said(one) for one in good), key=len) == SESSION


def test_downloads_of_a_trace_and_of_a_session(tmp_path: Path) -> None:
    rows = [json.loads(line) for line in (DATA / "langfuse.jsonl").read_text().splitlines()]
    trace = write(tmp_path / "trace.json", {"trace": rows[1], "observations": [rows[0]], "scores": []})
    assert asked(load(trace)[0][0]) == ["Is the blue vase in stock?"]
    session = write(
        tmp_path / "session.json", {"id": "s-9", "traces": [{**row, "sessionId": None} for row in rows[1:3]]}
    )
    (one,), _, _ = load(session)
    assert len(asked(one)) == 2


def test_a_row_of_the_enriched_export(tmp_path: Path) -> None:
    row = {
        "id": "o",
        "trace_id": "t",
        "type": "GENERATION",
        "parent_observation_id": "",
        "user_id": "u",
        "session_id": "s",
    }
    row |= {
        "start_time": "2026-05-01 10:00:00.000000",
        "input": json.dumps([{"role": "user", "content": "what is a bulb?"}]),
    }
    (one,), bad, _ = load(write(tmp_path / "x.jsonl", row))
    assert (asked(one), one.user_id, one.source_id, bad) == (["what is a bulb?"], "u", "s", [])
