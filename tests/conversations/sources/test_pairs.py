"""Questions with their answers, one per record."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from conversations.sources.support import DATA, load, load_rows, said

from clioscope.conversations import sniff_format
from clioscope.conversations.sources.pairs import REJECTED
from clioscope.errors import InputError

BOTH = [("user", "Why is it blue?"), ("assistant", "Copper.")]


def test_alpaca_joins_the_input_to_the_instruction() -> None:
    (first, second), _, _ = load(DATA / "pairs.jsonl")
    assert said(first)[0] == ("user", "Name the plant that is described.\n\nBlue flowers in spring, grows from a bulb.")
    assert said(second) == [("user", "How do I sharpen a hoe?"), ("assistant", "With a file, along the edge.")]


@pytest.mark.parametrize(
    ("asks", "answers"),
    [
        ("question", "answer"),
        ("Question", "Response"),
        ("prompt", "completion"),
        ("prompt", "response"),
        ("query", "answer"),
        ("human", "assistant"),
        ("user", "assistant"),
        ("instruction", "response"),
        ("input", "output"),
        ("user_message", "bot_response"),
    ],
)
def test_names_of_questions_and_answers(asks: str, answers: str, tmp_path: Path) -> None:
    row = {
        "id": "7",
        asks: "Why is it blue?",
        answers: "Copper.",
        "user_id": "u1",
        "created_at": "2026-05-01T10:00:00Z",
    }
    path = tmp_path / "x.csv"
    pl.DataFrame([row]).write_csv(path)
    assert sniff_format(path) == "pairs"
    for (good,), bad, _ in (load(path), load_rows(tmp_path, [row])):
        assert (said(good), bad, good.source_id, good.user_id) == (BOTH, [], "7", "u1")
        assert good.created_at is not None and good.metadata == {}


@pytest.mark.parametrize(
    ("record", "turns"),
    [
        ({"prompt": "Why is it blue?", "chosen": "Copper.", "rejected": "BAD"}, BOTH),
        (
            {
                "prompt": "Why is it blue?",
                "chosen": [{"role": "user", "content": "Why is it blue?"}, {"role": "assistant", "content": "Copper."}],
                "rejected": [{"role": "user", "content": "Why is it blue?"}, {"role": "assistant", "content": "BAD"}],
            },
            BOTH,
        ),
        (
            {"prompt": "Why is it blue?", "chosen": [{"role": "assistant", "content": "Copper."}], "rejected": "BAD"},
            BOTH,
        ),
        (
            {
                "chosen": "\n\nHuman: Why is it blue?\n\nAssistant: Copper.",
                "rejected": "\n\nHuman: Why is it blue?\n\nAssistant: BAD",
            },
            BOTH,
        ),
    ],
)
def test_of_a_preference_the_chosen_answer_is_taken(record: dict[str, Any], turns: list[Any], tmp_path: Path) -> None:
    (good,), bad, left_out = load_rows(tmp_path, [record])
    assert (said(good), bad, left_out) == (turns, [], {REJECTED: 1})


def test_what_stands_before_and_beside_the_question(tmp_path: Path) -> None:
    records: list[dict[str, Any]] = [
        {"system_prompt": "Be brief.", "question": "Why is it blue?", "response": "Copper."},
        {"context": "A passage.", "question": "Why is it blue?", "answers": {"text": ["Copper."], "answer_start": [3]}},
        {"instruction": "Why is it blue?", "input": "", "output": "Copper.", "history": [["Hello there", "Hello."]]},
        {"instruction": "Sum up.", "context": "A passage.", "response": "Copper."},
        {"instruction": "You are a chemist.", "input": "Why is it blue?", "output": "Copper."},
        {"prompt": "\n\nHuman: Why is it blue?\n\nAssistant:", "completion": " Copper."},
    ]
    good, bad, _ = load_rows(tmp_path, records)
    assert bad == []
    assert said(good[0]) == [("system", "Be brief."), *BOTH]
    assert said(good[1]) == [("system", "A passage."), *BOTH]
    assert said(good[2]) == [("user", "Hello there"), ("assistant", "Hello."), *BOTH]
    assert said(good[3])[0] == ("user", "Sum up.\n\nA passage.")
    assert said(good[4]) == [("system", "You are a chemist."), *BOTH]
    assert said(good[5]) == BOTH


def test_records_without_a_question_are_rejected_and_without_an_answer_used(tmp_path: Path) -> None:
    records = [{"question": text, "answer": "A"} for text in ("one?", "two?")]
    good, bad, _ = load_rows(tmp_path, [*records, {"question": " ", "answer": "A"}, {"question": None, "answer": "A"}])
    assert len(good) == 2 and [one.reason for one in bad] == [
        "question: empty",
        "question: expected text, found nothing",
    ]
    (good,), bad, _ = load_rows(tmp_path, [{"question": "one?", "answer": None}])
    assert (said(good), bad) == ([("user", "one?")], [])


def test_a_survey_is_refused_with_what_to_do(tmp_path: Path) -> None:
    rows = [{"question": "How was it?", "answer": f"answer {number}"} for number in range(6)]
    with pytest.raises(
        InputError, match=r"'question' is the same in each of the first 6 records.*--text-column answer"
    ):
        load_rows(tmp_path, rows)
    codes = [{"question": f"Q{number % 2}", "answer": f"answer {number}"} for number in range(8)]
    with pytest.raises(InputError, match=r"'question' is one of 2 in each of the first 8 records"):
        load_rows(tmp_path, codes)
    good, _, _ = load_rows(tmp_path, rows, text_column="answer")
    assert said(good[3]) == [("user", "answer 3")]


def test_tables_where_the_names_mean_something_else_are_left_alone(tmp_path: Path) -> None:
    for row, format in [
        ({"user": "ann", "response": "I liked it", "text": "I liked it"}, "text"),
        ({"question": 4, "answer": 5, "text": "A remark"}, "text"),
        ({"input": {"messages": [{"role": "user", "content": "Why?"}]}, "output": {"content": "So"}}, "logs"),
        ({"messages": [{"role": "user", "content": "Why?"}], "prompt": "x", "response": "y"}, "openai"),
    ]:
        load_rows(tmp_path, [row])
        assert sniff_format(tmp_path / "records.jsonl") == format


def test_a_text_that_holds_a_conversation_is_taken_apart(tmp_path: Path) -> None:
    (good,), _, _ = load_rows(tmp_path, [{"text": "### Human: Why is it blue? ### Assistant: Copper."}])
    assert said(good) == BOTH
