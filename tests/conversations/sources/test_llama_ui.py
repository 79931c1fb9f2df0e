"""Sessions of llama.cpp's page."""

from __future__ import annotations

import json
from pathlib import Path

from conversations.sources.support import DATA, load, load_rows, said

from clioscope.conversations.build import ABANDONED
from clioscope.conversations.sources.llama_ui import HEADER

SEEN = [
    ("user", "When do I harvest garlic?"),
    ("assistant", "When half the leaves are brown."),
    ("user", "How do I dry it?"),
]


def test_the_branch_that_the_header_names() -> None:
    (good,), bad, left_out = load(DATA / "llama_ui.jsonl")
    assert said(good) == SEEN
    assert (good.source_id, bad, left_out) == ("s1", [], {HEADER: 1, ABANDONED: 1})
    assert good.metadata == {"name": "Garlic"} and good.created_at is not None


def test_the_older_json_and_several_sessions(tmp_path: Path) -> None:
    lines = [json.loads(line) for line in (DATA / "llama_ui.jsonl").read_text(encoding="utf-8").splitlines()]
    conv = {name: value for name, value in lines[0].items() if name not in ("type", "harness")}
    (good,), _, _ = load_rows(tmp_path, [{"conv": conv, "messages": [line["message"] for line in lines[1:]]}])
    assert said(good) == SEEN
    other = [json.loads(json.dumps(line).replace('"s1"', '"s2"')) for line in lines]
    good, _, left_out = load_rows(tmp_path, [*lines, *other, {**lines[0], "id": "s3"}])
    assert [one.source_id for one in good] == ["s1", "s2"]
    assert sum(left_out.values()) == 2 + 2 + 1 + 1  # headers, branches, the header and the session without a message
