"""Logs whose messages lie one level down."""

from __future__ import annotations

import csv
import json

import pytest

from clioscope.conversations import Conversation, read_conversations, sniff_format

SYSTEM = {"role": "system", "content": "SYSTEM"}
ASKED = [SYSTEM, {"role": "user", "content": "Where is my parcel?"}]
ANSWER = {"role": "assistant", "content": "It comes on Friday."}
SAID = [("system", "SYSTEM"), ("user", "Where is my parcel?"), ("assistant", "It comes on Friday.")]
CHOICES = {"id": "c", "choices": [{"index": 0, "message": ANSWER, "finish_reason": "stop"}]}


def said(path):
    return [
        [(m.role, m.content) for m in one.messages] for one in read_conversations(path) if isinstance(one, Conversation)
    ]


@pytest.mark.parametrize(
    "record",
    [
        {"input": {"messages": ASKED}, "output": ANSWER},
        {"input": ASKED, "output": "It comes on Friday."},
        {"inputs": {"messages": [ASKED]}, "outputs": {"messages": [ANSWER]}},
        {"request": {"body": {"messages": ASKED}}, "response": CHOICES},
        {"request": json.dumps({"messages": ASKED}), "response": json.dumps(CHOICES)},
        {"body": {"messages": ASKED}, "response": {"body": CHOICES}},
        {"data": {"messages": [*ASKED, ANSWER]}},
        {"prompt": ASKED, "completion": {"text": "It comes on Friday."}},
        {"input": {"messages": [*ASKED, ANSWER]}, "output": {"choices": [{"message": ANSWER}]}},
    ],
)
def test_request_and_answer_are_one_conversation(tmp_path, record) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text(json.dumps({"id": "t1", **record}) + "\n")
    assert said(path) == [SAID]
    assert sniff_format(path) == "logs"


def test_cells_with_json_and_with_python_lists_are_read(tmp_path) -> None:
    for name, write in (("json", json.dumps), ("python", repr)):
        path = tmp_path / f"{name}.csv"
        with path.open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["id", "input", "output"])
            writer.writerow(["t1", write(ASKED), write(ANSWER)])
        assert said(path) == [SAID]


def test_a_text_column_with_messages_is_read_as_messages(tmp_path) -> None:
    path = tmp_path / "t.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "conv"])
        writer.writerow(["t1", json.dumps([*ASKED, ANSWER])])
        writer.writerow(["t2", "[draft] a plain text"])
    found = [one for one in read_conversations(path, text_column="conv") if isinstance(one, Conversation)]
    assert [[(m.role, m.content) for m in one.messages] for one in found] == [SAID, [("user", "[draft] a plain text")]]


QUESTION = [{"role": "system", "content": "SYSTEM"}, {"role": "user", "content": "Where is my parcel?"}]
CHOICES = {"choices": [{"message": {"role": "assistant", "content": "On its way."}}]}


@pytest.mark.parametrize(
    "record",
    [
        {"messages": QUESTION, "response": CHOICES, "model": "m"},
        {"id": 1, "messages": json.dumps(QUESTION), "response": json.dumps(CHOICES), "call_type": "acompletion"},
        {
            "category": "RequestResponse",
            "properties": json.dumps(
                {"requestBody": json.dumps({"messages": QUESTION}), "responseBody": json.dumps(CHOICES)}
            ),
        },
        {"RequestMessages": json.dumps(QUESTION), "ResponseMessages": json.dumps([CHOICES["choices"][0]["message"]])},
        {"jsonPayload": {"request": {"messages": QUESTION}, "response": CHOICES}},
        {"input": "System: SYSTEM\nHuman: Where is my parcel?", "output": "On its way."},
    ],
)
def test_logs_of_gateways_keep_question_and_answer(tmp_path, record) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text((json.dumps(record) + "\n") * 2, encoding="utf-8")
    for one in read_conversations(path):
        assert [(m.role, m.content) for m in one.messages] == [
            ("system", "SYSTEM"),
            ("user", "Where is my parcel?"),
            ("assistant", "On its way."),
        ]
