"""ShareGPT and its relatives."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from conversations.sources.support import load, load_rows, said

PAIR = [("user", "How deep do I sow peas?"), ("assistant", "Five centimetres.")]


@pytest.mark.parametrize(
    "record",
    [
        {"conversation": [{"human": PAIR[0][1], "assistant": PAIR[1][1]}]},
        {"conversations": [{"user": PAIR[0][1], "assistant": PAIR[1][1]}]},
        {"conversation": [[PAIR[0][1], PAIR[1][1]]]},
        {"conversations": [PAIR[0][1], PAIR[1][1]]},
        {"data": [PAIR[0][1], PAIR[1][1]]},
        {"messages": [[PAIR[0][1], PAIR[1][1]]]},
        {"dialogue": [PAIR[0][1], PAIR[1][1]]},
        {"items": [{"from": "human", "value": PAIR[0][1]}, {"from": "bing", "value": PAIR[1][1]}]},
        {"conversations": json.dumps([{"from": "human", "value": PAIR[0][1]}, {"from": "bard", "value": PAIR[1][1]}])},
        {"conversations": [{"role": "user", "content": PAIR[0][1]}, {"role": "chatgpt", "content": PAIR[1][1]}]},
    ],
)
def test_the_relatives_of_sharegpt(record: dict[str, Any], tmp_path: Path) -> None:
    (good,), bad, _ = load_rows(tmp_path, [{"id": "s1", **record}])
    assert (said(good), good.source_id, bad) == (PAIR, "s1", [])


def test_pairs_in_cells_of_tables(tmp_path: Path) -> None:
    rows = {"conversation_id": ["p1"], "conversation": [[{"human": PAIR[0][1], "assistant": PAIR[1][1]}]]}
    pl.DataFrame(rows).write_parquet(tmp_path / "x.parquet")
    pl.DataFrame({**rows, "conversation": [json.dumps(rows["conversation"][0])]}).write_csv(tmp_path / "x.csv")
    for name in ("x.parquet", "x.csv"):
        (good,), _, _ = load(tmp_path / name)
        assert (said(good), good.source_id) == (PAIR, "p1")


def test_an_assistant_that_speaks_first(tmp_path: Path) -> None:
    turns = [{"from": "gpt", "value": "What is it?"}, {"from": "human", "value": "My pump leaks at the valve."}]
    (good,), _, _ = load_rows(tmp_path, [{"id": "1", "conversations": turns}])
    assert said(good) == [("assistant", "What is it?"), ("user", "My pump leaks at the valve.")]


def turns(asked: str, answered: str) -> dict[str, Any]:
    return {"id": "h", "conversations": [{"from": "human", "value": asked}, {"from": "gpt", "value": answered}]}


def test_html_of_the_page_becomes_text(tmp_path: Path) -> None:
    record = turns('<div class="whitespace-pre-wrap">Why\nred?</div>', '<div class="markdown prose"><p>Iron.</p></div>')
    assert said(load_rows(tmp_path, [record]).good[0]) == [("user", "Why\nred?"), ("assistant", "Iron.")]
    bare = turns("<p>Why red?</p>", "<p>Iron.</p><ul><li>and clay</li></ul>")
    assert said(load_rows(tmp_path, [bare]).good[0]) == [("user", "Why red?"), ("assistant", "Iron.\n\n- and clay")]


def test_html_that_is_code_stays(tmp_path: Path) -> None:
    for asked, answered in [
        ('<div class="card"><p>Hi</p></div>', "It is a card."),
        ("<p>Hi</p>", "A paragraph."),
        ("Only the HTML of a paragraph, please", "<p>Hi</p>"),
        ("<div id='app'><h1>My page</h1></div>", "<div id='app'><h2>Mine</h2></div>"),
        ("Give me a paragraph", "Here it is: <p>Hi</p>"),
        ('Why is this grey? <div class="markdown prose">x</div>', "```html\n<div>x</div>\n```"),
    ]:
        good = load_rows(tmp_path, [turns(asked, answered)]).good[0]
        assert said(good) == [("user", asked), ("assistant", answered)]


def test_lists_of_other_things_are_no_conversations(tmp_path: Path) -> None:
    for name in ("items", "messages", "data"):
        (good,), _, _ = load_rows(tmp_path, [{"id": "1", name: ["spade", "rake"], "text": "Where is my order?"}])
        assert said(good) == [("user", "Where is my order?")]


def test_a_question_that_cannot_be_read_costs_the_conversation(tmp_path: Path) -> None:
    good, (bad,), _ = load_rows(tmp_path, [{"id": "1", "conversation": [{"human": {"x": 1}, "assistant": "So."}]}])
    assert good == [] and bad.reason == "conversation[0].content: no known field of text among the fields x"
