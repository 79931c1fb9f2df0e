"""Tables with one message per row."""

from __future__ import annotations

import csv
import json
import random
from pathlib import Path

import pytest

from clioscope.conversations import Conversation, Rejected, read_conversations
from clioscope.errors import InputError

TALKS = {
    f"c{n}": [
        ("system", "SYSTEM: you help a shop"),
        ("user", f"Question {n}: where is my parcel?"),
        ("assistant", f"ASSISTANT {n}"),
        ("user", f"Follow-up {n}: and when does it come?"),
    ]
    for n in range(12)
}


def rows(**more):
    return [
        {"conversation_id": name, "role": role, "content": text, **{key: make(name, k) for key, make in more.items()}}
        for name, talk in TALKS.items()
        for k, (role, text) in enumerate(talk)
    ]


def write(path: Path, table: list[dict]) -> Path:
    if path.suffix == ".csv":
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, list(table[0]))
            writer.writeheader()
            writer.writerows(table)
    else:
        path.write_text("".join(json.dumps(row) + "\n" for row in table))
    return path


def read(path: Path, **options) -> tuple[dict[str, list[tuple[str, str]]], list[Rejected]]:
    found = list(read_conversations(path, **options))
    good = [one for one in found if isinstance(one, Conversation)]
    return (
        {one.source_id: [(m.role, m.content) for m in one.messages] for one in good},
        [one for one in found if isinstance(one, Rejected)],
    )


@pytest.mark.parametrize("suffix", [".jsonl", ".csv"])
@pytest.mark.parametrize(
    "order",
    [
        {},
        {"created_at": lambda name, k: f"2026-02-01T10:{k:02d}:00Z"},
        {"position": lambda name, k: k},
        {"position": lambda name, k: k, "created_at": lambda name, k: "2026-02-01"},
    ],
)
def test_rows_are_put_together_in_order(tmp_path, suffix, order) -> None:
    table = rows(**order)
    if order:
        random.Random(0).shuffle(table)
    assert read(write(tmp_path / f"t{suffix}", table)) == (TALKS, [])


@pytest.mark.parametrize(
    ("identifier", "role", "text"),
    [
        ("chatId", "sender", "text"),
        ("Session ID", "Author Role", "Message"),
        ("thread_id", "speaker", "body"),
        ("ticket_id", "from", "value"),
    ],
)
def test_columns_go_by_many_names(tmp_path, identifier, role, text) -> None:
    table = [{identifier: r["conversation_id"], role: r["role"], text: r["content"]} for r in rows()]
    assert read(write(tmp_path / "t.csv", table)) == (TALKS, [])


def test_a_shared_id_is_that_of_the_conversation_and_a_message_s_is_not(tmp_path) -> None:
    shared = [{"id": r["conversation_id"], "role": r["role"], "content": r["content"]} for r in rows()]
    assert read(write(tmp_path / "t.jsonl", shared)) == (TALKS, [])
    own = [{**row, "id": n} for n, row in enumerate(shared)]
    with pytest.raises(InputError, match=r"no field says which conversation it belongs to; name .* --id-column"):
        read(write(tmp_path / "u.jsonl", own))
    with pytest.raises(InputError, match="--id-column"):
        read(write(tmp_path / "v.csv", [{"role": r["role"], "content": r["content"]} for r in rows()]))


def test_the_column_named_is_taken(tmp_path) -> None:
    table = [{"dlg": r["conversation_id"], "role": r["role"], "content": r["content"]} for r in rows()]
    assert read(write(tmp_path / "t.csv", table), id_column="dlg") == (TALKS, [])


def test_user_and_date_are_those_of_the_user_s_first_message(tmp_path) -> None:
    table = rows(
        user_id=lambda name, k: "shop" if k in (0, 2) else f"u-{name}", created_at=lambda name, k: f"2026-02-0{k + 1}"
    )
    found = [one for one in read_conversations(write(tmp_path / "t.jsonl", table)) if isinstance(one, Conversation)]
    assert {one.user_id for one in found} == {f"u-c{n}" for n in range(12)}
    assert {one.created_at.day for one in found} == {2}


def test_a_row_without_its_id_is_rejected_and_counted(tmp_path) -> None:
    table = rows()
    table[6]["conversation_id"] = None
    good, bad = read(write(tmp_path / "t.jsonl", table))
    assert len(good) == 12
    assert [(one.line, one.reason) for one in bad] == [(7, "the message has no conversation id")]


def test_a_conversation_without_a_user_counts_all_its_rows(tmp_path) -> None:
    table = [r for r in rows() if r["conversation_id"] != "c3" or r["role"] != "user"]
    good, bad = read(write(tmp_path / "t.jsonl", table))
    assert len(good) == 11
    assert [(one.reason, one.count) for one in bad] == [("no user text", 2)]


def test_lines_that_hold_no_message_are_counted(tmp_path) -> None:
    table = [{"type": "session", "name": "x"}, *rows(), {"type": "end"}]
    path = tmp_path / "t.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in table))
    good, bad = read(path)
    assert good == TALKS
    assert [(one.kind, one.count) for one in bad] == [("other", 2)]


def test_tool_results_and_parts_in_cells_are_decoded(tmp_path) -> None:
    parts = json.dumps([{"type": "text", "text": "Where is my parcel?"}])
    result = json.dumps([{"type": "tool_result", "content": "TOOL"}])
    table = [
        {"chat_id": "a", "role": "user", "parts": parts},
        {"chat_id": "a", "role": "user", "parts": result},
        {"chat_id": "a", "role": "assistant", "parts": json.dumps([{"type": "text", "text": "Here."}])},
    ]
    good, bad = read(write(tmp_path / "t.csv", table))
    assert (good, bad) == ({"a": [("user", "Where is my parcel?"), ("tool", "TOOL"), ("assistant", "Here.")]}, [])


def test_messages_of_the_ai_sdk_in_a_table(tmp_path) -> None:
    parts = [
        [{"type": "text", "text": "When do I prune?"}],
        [{"type": "step-start"}, {"type": "reasoning", "text": "HIDDEN"}, {"type": "text", "text": "In March."}],
    ]
    table = [
        {"id": f"m{n}", "chatId": "c1", "role": role, "parts": json.dumps(parts[n]), "createdAt": f"2026-01-01 10:0{n}"}
        for n, role in enumerate(("user", "assistant"))
    ]
    talk = {"c1": [("user", "When do I prune?"), ("assistant", "In March.")]}
    assert read(write(tmp_path / "Message_v2.csv", table[::-1])) == (talk, [])
    assert read(write(tmp_path / "Message_v2.jsonl", table[::-1])) == (talk, [])


def test_a_store_that_is_half_migrated_is_read_whole(tmp_path) -> None:
    def turn(role: str, text: str, migrated: bool) -> dict[str, object]:
        return {"role": role, **({"parts": [{"type": "text", "text": text}]} if migrated else {"content": text})}

    talks = [
        {"id": f"c{n}", "messages": [turn("user", f"Question {n}?", n > 4), turn("assistant", "Yes", n > 4)]}
        for n in range(10)
    ]
    good, bad = read(write(tmp_path / "t.jsonl", talks))
    assert good == {f"c{n}": [("user", f"Question {n}?"), ("assistant", "Yes")] for n in range(10)} and bad == []


@pytest.mark.parametrize(
    ("column", "user", "other"),
    [
        ("direction", "inbound", "outbound"),
        ("is_agent", "0", "1"),
        ("Is agent", "FALSE", "TRUE"),
        ("from_customer", "yes", "no"),
        ("Отправитель", "Клиент", "Оператор"),
    ],
)
def test_who_speaks_is_told_by_other_columns_than_a_role(tmp_path: Path, column: str, user: str, other: str) -> None:
    table = [
        {
            "ticket_id": f"t{n // 2}",
            column: other if n % 2 else user,
            "message": f"{'ANSWER' if n % 2 else 'words'} {n}",
        }
        for n in range(20)
    ]
    good, bad = read(write(tmp_path / "in.csv", table))
    assert not bad and len(good) == 10
    assert good["t3"] == [("user", "words 6"), ("assistant", "ANSWER 7")]


def halves(path: Path, **options):
    found = list(read_conversations(path, **options))
    return [one for one in found if isinstance(one, Conversation)], [one for one in found if isinstance(one, Rejected)]


def users(conversations):
    return [m.content for one in conversations for m in one.messages if m.role == "user"]


def table(path: Path, lines) -> Path:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


SIDES = [("user", "Where is parcel {n}?"), ("assistant", "ANSWER {n}")]


@pytest.mark.parametrize(
    ("column", "user", "assistant"),
    [
        ("direction", "inbound", "outbound"),
        ("Message Direction", "Incoming", "Outgoing"),
        ("is_bot", False, True),
        ("From Bot", "no", "yes"),
        ("incoming", "true", "false"),
        ("sender_type", "Contact", "User"),
        ("Participant", "Customer", "Agent"),
    ],
)
def test_sides_under_other_names(tmp_path, column, user, assistant) -> None:
    lines = [
        {"ticket_id": f"c{n}", column: user if role == "user" else assistant, "body": text.format(n=n)}
        for n in range(6)
        for role, text in SIDES
    ]
    conversations, _ = halves(table(tmp_path / "t.jsonl", lines))
    assert users(conversations) == [f"Where is parcel {n}?" for n in range(6)]


def test_sides_that_nobody_knows_are_refused(tmp_path) -> None:
    lines = [{"conversation_id": n, "role": k, "text": text} for n in range(4) for k, (_, text) in enumerate(SIDES)]
    with pytest.raises(InputError, match="column 'role'"):
        halves(table(tmp_path / "t.jsonl", lines))


def test_a_job_title_is_no_side(tmp_path) -> None:
    lines = [{"conversation_id": n, "role": f"Manager {n}", "text": f"Wish {n}: more light"} for n in range(4)]
    assert len(halves(table(tmp_path / "t.jsonl", lines))[0]) == 4


def test_messages_as_json_in_a_cell(tmp_path) -> None:
    lines = [
        {"id": 9, "session_id": f"s{n}", "message": json.dumps({"type": kind, "data": {"content": text.format(n=n)}})}
        for n in range(6)
        for kind, text in (("human", SIDES[0][1]), ("ai", SIDES[1][1]))
    ]
    conversations, _ = halves(table(tmp_path / "t.jsonl", lines))
    assert users(conversations) == [f"Where is parcel {n}?" for n in range(6)]


def test_texts_in_quotes_and_numbers_of_messages(tmp_path) -> None:
    lines = [
        {"chatId": n, "seq_no": 2 - k, "role": "user", "content": json.dumps(f"Parcel {n}, step {k}?")}
        for n in range(3)
        for k in range(2)
    ]
    conversations, _ = halves(table(tmp_path / "t.jsonl", lines))
    assert users(conversations)[:2] == ["Parcel 0, step 1?", "Parcel 0, step 0?"]


def test_a_text_column_of_a_message_table_leaves_out_what_others_wrote(tmp_path) -> None:
    lines = [{"conversation_id": n, "role": role, "content": text} for n in range(3) for role, text in SIDES]
    conversations, left = halves(table(tmp_path / "t.jsonl", lines), text_column="content")
    assert users(conversations) == [SIDES[0][1]] * 3
    assert [(one.reason, one.count) for one in left] == [("rows of the role assistant", 3)]
