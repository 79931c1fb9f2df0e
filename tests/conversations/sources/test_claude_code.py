"""Sessions of Claude Code and its history of what was typed."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from conversations.sources.support import DATA, load, said, write


def line(uuid: str, parent: str | None, role: str, text: str, session: str = "s1", **more: Any) -> dict[str, Any]:
    message = {"role": role, "content": text}
    return {"uuid": uuid, "parentUuid": parent, "sessionId": session, "type": role, "message": message, **more}


def test_the_newest_branch_with_parallel_calls_and_across_a_compaction() -> None:
    (one,), bad, left_out = load(DATA / "claude_code.jsonl")
    assert bad == []
    assert said(one) == [
        ("user", "Why is the total of the basket wrong?"),
        ("assistant", "I will look.\n[tool call: Read]\n[tool call: Grep]"),
        ("tool", "file text"),
        ("tool", "two matches"),
        ("assistant", "The tax is added twice."),
        ("user", "Then mend it"),
        ("system", "<system-reminder>The list of tasks is empty</system-reminder>"),
        ("user", "and add a test"),
        ("assistant", "Mended, with a test."),
        ("user", "Thanks, commit it"),
        ("assistant", "Committed."),
    ]
    assert one.source_id == "5e550000-0000-4000-8000-000000000001"
    assert one.user_id == "claude code account"
    assert one.created_at == datetime(2026, 4, 1, 9, 1, tzinfo=UTC)
    assert left_out["messages on branches that an edit or a new answer left behind"] == 2
    assert left_out["lines of sub-agents"] == 1
    assert left_out["lines of the type summary, which hold no message"] == 1
    assert sum(left_out.values()) == 11


def test_many_sessions_are_one_person_and_two_accounts_are_two(tmp_path: Path) -> None:
    for person in ("ann", "bob"):
        for n in range(3):
            write(
                tmp_path / person / "projects" / f"-home-{person}-p{n}" / f"{person}{n}.jsonl",
                line("1", None, "user", f"question {n} of {person}", f"{person}{n}"),
            )
    assert Counter(one.user_id for one in load(tmp_path)[0]) == {
        "claude code account ann": 3,
        "claude code account bob": 3,
    }
    assert {one.user_id for one in load(tmp_path / "ann")[0]} == {"claude code account"}


def test_a_file_of_a_sub_agent_is_left_out(tmp_path: Path) -> None:
    write(tmp_path / "p" / "s1.jsonl", line("1", None, "user", "my question"))
    write(
        tmp_path / "p" / "s1" / "subagents" / "agent-1.jsonl",
        line("2", None, "user", "an order of the model", isSidechain=True, agentId="1"),
    )
    write(tmp_path / "p" / "agent-2.jsonl", line("3", None, "user", "an order", "s2", isSidechain=True))
    good, bad, left_out = load(tmp_path)
    assert [said(one) for one in good] == [[("user", "my question")]]
    assert (bad, left_out) == ([], {"lines of sub-agents": 2})


def test_a_lost_line_does_not_cut_off_what_stands_before_it(tmp_path: Path) -> None:
    rows = [line(str(n), str(n - 1) if n else None, "user", f"text {n}") for n in range(5)]
    write(tmp_path / "s.jsonl", *rows[:2], *rows[3:])
    assert [text for _, text in said(load(tmp_path / "s.jsonl")[0][0])] == ["text 0", "text 1", "text 3", "text 4"]


def test_a_first_question_that_was_edited_is_left_behind(tmp_path: Path) -> None:
    write(tmp_path / "s.jsonl", line("1", None, "user", "first try"), line("2", None, "user", "second try"))
    (one,), _, left_out = load(tmp_path / "s.jsonl")
    assert said(one) == [("user", "second try")]
    assert sum(left_out.values()) == 1


def test_a_copy_of_a_session_in_the_file_that_goes_on_from_it_counts_once(tmp_path: Path) -> None:
    old = [line("1", None, "user", "my question"), line("2", "1", "assistant", "an answer")]
    write(tmp_path / "a.jsonl", *old)
    write(tmp_path / "b.jsonl", *old, line("3", "2", "user", "and another", "s2"))
    good, _, left_out = load(tmp_path)
    assert [said(one)[0][1] for one in good] == ["my question", "and another"]
    assert left_out == {"lines that stand in several files": 2}


def test_the_history_gives_what_was_typed_per_session(tmp_path: Path) -> None:
    def typed(text: str, session: str | None, **more: Any) -> dict[str, Any]:
        row = {"display": text, "pastedContents": {}, "timestamp": 1775034000000, "project": "/x", **more}
        return row | ({"sessionId": session} if session else {})

    pasted = {"1": {"id": 1, "type": "text", "content": "line a\nline b"}}
    rows = [
        typed("how do I sort a list?", "s1"),
        typed("what is this? [Pasted text #1 +1 lines]", "s2", pastedContents=pasted),
        typed("/clear", "s1"),
        typed("and backwards?", "s1"),
        typed("an old line", None),
        typed("/model", "s3"),
    ]
    write(tmp_path / "history.jsonl", *rows)
    good, bad, left_out = load(tmp_path / "history.jsonl")
    assert [[text for _, text in said(one)] for one in good] == [
        ["how do I sort a list?", "and backwards?"],
        ["what is this? line a\nline b"],
        ["an old line"],
    ]
    assert {role for one in good for role, _ in said(one)} == {"user"}
    assert (bad, left_out) == ([], {"commands to the program (/clear, /model, …)": 2})
    write(tmp_path / "projects" / "-x" / "s1.jsonl", line("1", None, "user", "how do I sort a list?"))
    good, _, left_out = load(tmp_path)
    assert len(good) == 3
    assert left_out["lines of the history whose session is there"] == 3


def test_a_session_of_commands_alone_is_left_out(tmp_path: Path) -> None:
    text = "<command-name>/clear</command-name><command-args></command-args>"
    good, bad, left_out = load(write(tmp_path / "s.jsonl", line("1", None, "user", text)))
    assert (good, bad, left_out) == ([], [], {"sessions in which the user wrote nothing": 1})


def test_a_message_that_cannot_be_read_is_rejected_with_its_fields(tmp_path: Path) -> None:
    lost = {**line("1", None, "user", ""), "message": {"role": "user", "spoken": {"words": "my question"}}}
    good, (bad,), _ = load(write(tmp_path / "s.jsonl", lost))
    assert good == []
    assert "spoken" in bad.reason
