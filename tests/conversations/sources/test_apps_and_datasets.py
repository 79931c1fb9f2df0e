"""Exports of apps and published sets, from samples in their layouts."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from clioscope.conversations import Conversation, Rejected, read_conversations, sniff_format
from clioscope.errors import InputError

DATA = Path(__file__).parents[2] / "data" / "conversations"
ASKED = "When do I prune apple trees?"
PRUNE = [("user", ASKED), ("assistant", "In late winter.")]


def load(path: Path, **options) -> tuple[list[Conversation], list[Rejected]]:
    found = list(read_conversations(path, **options))
    return [one for one in found if isinstance(one, Conversation)], [one for one in found if isinstance(one, Rejected)]


def said(one: Conversation) -> list[tuple[str, str]]:
    return [(message.role, message.content) for message in one.messages]


def lines(path: Path, *records) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


def test_gemini_takeout() -> None:
    good, bad = load(DATA / "gemini_takeout.json")
    assert [said(one) for one in good] == [
        [("user", ASKED), ("assistant", "In late winter.\n\n- Cut old wood\n- Leave the young")],
        [("user", "Which rose is this?\n[file: name omitted]")],
        [("user", "How do I sow carrots?"), ("assistant", "Thinly.")],
    ]
    assert {one.user_id for one in good} == {"gemini account gemini_takeout.json"}
    assert good[0].created_at.isoformat() == "2026-03-01T09:15:00+00:00"
    assert [(one.kind, one.reason, one.count) for one in bad] == [
        ("other", "activities of Gemini Apps that are no prompt", 1)
    ]


def test_gemini_takeout_in_another_language_says_that_the_title_is_taken_whole(tmp_path) -> None:
    record = json.loads((DATA / "gemini_takeout.json").read_text())[0] | {"title": "Запрос: когда обрезать яблони?"}
    path = tmp_path / "MyActivity.json"
    path.write_text(json.dumps([record]))
    (good,), (flaw,) = load(path)
    assert said(good)[0] == ("user", "Запрос: когда обрезать яблони?")
    assert "no phrase of Google's that is known" in flaw.reason


def test_arena_reads_side_a_and_the_voter() -> None:
    good, bad = load(DATA / "arena.jsonl")
    assert [said(one) for one in good] == [PRUNE, [("user", "How do I sow carrots?"), ("assistant", "Thinly.")]]
    assert [one.user_id for one in good] == ["arena_user_7", None]
    assert good[0].metadata["winner"] == "model_b"
    assert [(one.kind, one.count) for one in bad] == [("other", 2)]  # the answers of side b


def test_pairs(tmp_path) -> None:
    good, bad = load(DATA / "pairs.jsonl")
    assert [said(one) for one in good] == [
        [("user", "Translate into German\n\nThe apple tree"), ("assistant", "Der Apfelbaum")],
        PRUNE,
    ]
    assert bad == []
    for asked, answered in [
        ("question", "answer"),
        ("Prompt", "Response"),
        ("prompt", "chosen"),
        ("human", "assistant"),
    ]:
        path = tmp_path / f"{asked}.csv"
        with path.open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["id", asked, answered, "rejected"])
            writer.writerow(["7", *(text for _, text in PRUNE), "REJECTED"])
        (one,), _ = load(path)
        assert (one.source_id, said(one)) == ("7", PRUNE)
        assert "rejected" not in one.metadata


def test_a_survey_is_no_pairs(tmp_path) -> None:
    path = lines(tmp_path / "s.jsonl", *({"question": "Why?", "answer": f"Because {n}"} for n in range(9)))
    with pytest.raises(InputError, match=r"the same in each of the first 9 records.*--text-column answer"):
        load(path)
    assert len(load(path, text_column="answer")[0]) == 9


def test_oasst_nested_and_as_rows_are_the_same(tmp_path) -> None:
    (good,), bad = load(DATA / "oasst.jsonl")
    assert said(good) == [*PRUNE, ("user", "And plums?"), ("assistant", "In summer.")]
    assert (good.source_id, good.user_id) == ("t1", "u1")
    assert {(one.kind, one.reason, one.count) for one in bad} == {
        ("other", "messages of OpenAssistant trees that were deleted", 1),
        ("other", "messages on branches of OpenAssistant trees that are not ranked best", 1),
    }
    tree = json.loads((DATA / "oasst.jsonl").read_text())["prompt"]
    rows, stack = [], [(tree, None)]
    while stack:
        one, parent = stack.pop()
        rows.append({**one, "parent_id": parent, "message_tree_id": "t1"})
        stack += [(reply, one["message_id"]) for reply in rows[-1].pop("replies")]
    path = lines(tmp_path / "flat.jsonl", *rows)
    assert sniff_format(path) == "oasst"
    (flat,), _ = load(path)
    assert said(flat) == said(good)


def test_open_webui_follows_the_branch_seen_last(tmp_path) -> None:
    (good,), bad = load(DATA / "open_webui.json")
    assert (said(good), good.user_id, good.source_id) == (PRUNE, "u1", "c1")
    assert [(one.kind, one.count) for one in bad] == [("other", 2)]
    messages = [
        {"messageId": "a", "parentMessageId": "0", "isCreatedByUser": True, "sender": "User", "text": "DISCARDED"},
        {"messageId": "b", "parentMessageId": "0", "isCreatedByUser": True, "sender": "User", "text": ASKED},
        {"messageId": "c", "parentMessageId": "b", "isCreatedByUser": False, "sender": "M", "text": "In late winter."},
    ]
    nested = [{**messages[0], "children": []}, {**messages[1], "children": [messages[2]]}]
    for shape in (messages, nested):
        path = lines(tmp_path / "libre.json", {"conversationId": "l1", "title": "x", "messages": shape})
        (one,), _ = load(path)
        assert (said(one), one.source_id) == (PRUNE, "l1")


@pytest.mark.parametrize(
    "record",
    [
        {"conversation": [{"human": ASKED, "assistant": "In late winter."}]},
        {"conversations": [{"user": ASKED, "assistant": "In late winter."}]},
        {"conversations": [[ASKED, "In late winter."]]},
        {"conversations": json.dumps([{"from": "human", "value": ASKED}, {"from": "gpt", "value": "In late winter."}])},
        {"items": [{"from": "human", "value": ASKED}, {"from": "bing", "value": "In late winter."}]},
        {
            "items": [
                {"from": "human", "value": f'<div class="whitespace-pre-wrap">{ASKED}</div>'},
                {"from": "gpt", "value": '<div class="markdown prose dark"><p>In late winter.</p></div>'},
            ]
        },
    ],
)
def test_relatives_of_sharegpt(record, tmp_path) -> None:
    path = lines(tmp_path / "s.jsonl", {"id": "s1", **record})
    (one,), _ = load(path)
    assert (sniff_format(path), said(one)) == ("sharegpt", PRUNE)


def test_html_that_a_person_asks_about_stays(tmp_path) -> None:
    code = "<div id='app'><h1>My page</h1></div>"
    path = lines(tmp_path / "s.jsonl", {"id": "s", "conversations": [{"from": "human", "value": code}]})
    assert said(load(path)[0][0]) == [("user", code)]


def test_an_assistant_that_speaks_first_is_kept_in_its_place(tmp_path) -> None:
    turns = [{"from": "gpt", "value": "Hello"}, {"from": "human", "value": ASKED}]
    path = lines(tmp_path / "s.jsonl", {"id": "s", "conversations": turns})
    assert said(load(path)[0][0]) == [("assistant", "Hello"), ("user", ASKED)]


def write(path: Path, *rows) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def asked(one: Conversation) -> list[str]:
    return [text for role, text in said(one) if role == "user"]


ASKED_ = "When do I prune the apple tree?"


@pytest.mark.parametrize(
    "record",
    [
        {"id": "0", "data": [ASKED_, "REPLY"]},
        {"dialogue": [ASKED_, "REPLY", "REPLY"], "speakers": ["Ann", "Bob", "Bob"]},
        {"text": f"<s>[INST] <<SYS>>\nSYSTEM\n<</SYS>>\n\n{ASKED_} [/INST] REPLY </s>"},
        {"text": f"<bos><start_of_turn>user\n{ASKED_}<end_of_turn>\n<start_of_turn>model\nREPLY<end_of_turn>"},
        {"text": f"Below is an instruction. SYSTEM\n\n### Instruction:\n{ASKED_}\n\n### Response:\nREPLY"},
        {"text": f"[10:00] Customer: {ASKED_}\n[10:01] Agent: REPLY"},
        {"text": f"USER: {ASKED_} ASSISTANT: REPLY</s>"},
    ],
)
def test_datasets_of_texts_know_the_users(tmp_path, record) -> None:
    conversations, bad = load(write(tmp_path / "a.jsonl", record, record))
    assert not bad
    assert [asked(one) for one in conversations] == [[ASKED_]] * 2


def test_a_text_column_of_plain_json_is_refused_and_pairs_in_it_are_read(tmp_path) -> None:
    path = write(tmp_path / "a.jsonl", *({"thing": json.dumps({"labels": [n], "words": "x"})} for n in range(3)))
    with pytest.raises(InputError, match="holds JSON with the fields labels, words"):
        load(path, text_column="thing")
    path = write(tmp_path / "b.jsonl", {"thing": json.dumps({"q": ASKED_, "a": "REPLY"})})
    assert asked(load(path, text_column="thing")[0][0]) == [ASKED_]
    path = write(tmp_path / "c.jsonl", {"thing": '[{"role": "user", "content": "When'}, {"thing": ASKED_})
    conversations, bad = load(path, text_column="thing")
    assert [asked(one) for one in conversations] == [[ASKED_]]
    assert "cut off" in bad[0].reason


def node(key, parent, role, text, time=None):
    content = {"content_type": "text", "parts": [text]}
    message = {"id": key, "author": {"role": role}, "create_time": time, "content": content, "metadata": None}
    return {"id": key, "parent": parent, "children": [], "message": message}


def chatgpt(*nodes, leaf=None):
    mapping = {"root": {"id": "root", "parent": None, "children": [], "message": None}}
    mapping |= {one["id"]: one for one in nodes}
    return {"title": "A talk", "current_node": leaf, "conversation_id": "v1", "id": "v1", "mapping": mapping}


@pytest.mark.parametrize("times", [(5, 5, 5, 5), (None,) * 4, (5, 6, None, None)])
def test_without_a_current_node_and_times_the_later_branch_is_the_users(tmp_path, times) -> None:
    talk = chatgpt(
        node("z1", "root", "user", "DISCARDED", times[0]),
        node("z2", "z1", "assistant", "REPLY", times[1]),
        node("a1", "root", "user", ASKED_, times[2]),
        node("a2", "a1", "assistant", "REPLY", times[3]),
    )
    conversations, _ = load(write(tmp_path / "c.jsonl", talk))
    assert asked(conversations[0]) == [ASKED_]


def test_a_damaged_link_leaves_no_thanks_as_the_question(tmp_path) -> None:
    talk = chatgpt(
        node("a1", "root", "user", ASKED_, 1),
        node("a2", "a1", "assistant", "REPLY", 2),
        node("a3", "lost", "user", "Thanks!", 3),
        leaf="a3",
    )
    conversations, bad = load(write(tmp_path / "c.jsonl", talk))
    assert not conversations
    assert "parent that is not there" in bad[0].reason
