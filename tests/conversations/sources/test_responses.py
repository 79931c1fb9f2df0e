"""Logs of the Responses API."""

from __future__ import annotations

from pathlib import Path

from conversations.sources.support import DATA, asked, load, said, write


def test_a_chain_of_responses_is_one_conversation() -> None:
    (one, two), bad, left_out = load(DATA / "responses.jsonl")
    assert (bad, left_out) == ([], {})
    assert said(one) == [
        ("system", "Answer briefly."),
        ("user", "When do tulips flower?"),
        ("assistant", "In spring."),
        ("user", "And roses?"),
        ("assistant", "[tool call: look_up]"),
        ("tool", "June"),
        ("assistant", "In June."),
    ]
    assert (one.source_id, one.user_id, one.metadata["plan"]) == ("resp_1", "u-1", "free")
    assert one.created_at is not None and one.created_at.timestamp() == 1777631400
    assert (asked(two), two.user_id) == (["Where is my parcel?"], "u-2")


def test_request_and_response_apart_with_the_history_repeated(tmp_path: Path) -> None:
    def log(*said: str, answer: str) -> dict[str, object]:
        items = [
            {"type": "message", "role": "assistant" if n % 2 else "user", "content": t} for n, t in enumerate(said)
        ]
        output = [{"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": answer}]}]
        request = {"model": "m", "input": items, "conversation": "conv_1"}
        return {"request": request, "response": {"object": "response", "output": output}, "user_id": "u"}

    rows = [log("first question", answer="one"), log("first question", "one", "second question", answer="two")]
    (one,), bad, left_out = load(write(tmp_path / "x.jsonl", *rows))
    assert bad == []
    assert [text for _, text in said(one)] == ["first question", "one", "second question", "two"]
    assert one.user_id == "u"
    assert left_out == {"requests that repeat an earlier part of the same conversation": 1}


def test_equal_records_without_ids_are_conversations_of_their_own(tmp_path: Path) -> None:
    output = [{"type": "message", "role": "assistant", "content": "hi"}]
    row = {"object": "response", "input": "hello there", "output": output}
    assert len(load(write(tmp_path / "x.jsonl", row, row, row))[0]) == 3
