"""What tools answered, as short marks in the assistant's turns."""

import json

from clioscope.conversations.collect import collect_conversations
from clioscope.conversations.conversation import Message
from clioscope.conversations.texts.tools import with_tools
from clioscope.conversations.transcript import condense
from clioscope.settings import InputSettings

TALK = (
    Message("user", "Run the tests"),
    Message("assistant", "I run them. [tool call: bash]"),
    Message("tool", "collected 3 items\nok"),
    Message("assistant", "Now the second part. [tool call: bash]"),
    Message("tool", "Traceback (most recent call last):\n  ...\nKeyError: 'name'"),
    Message("tool", "Error: disk full"),
    Message("assistant", "It failed."),
    Message("user", "Why?"),
    Message("tool", "no errors, 0 failed"),
    Message("assistant", "Now it works."),
)


def test_errors_come_first_and_results_where_they_were() -> None:
    assert [(one.role, one.content) for one in with_tools(TALK)] == [
        ("user", "Run the tests"),
        ("assistant", "[tool error: Traceback (most recent call last):, and 1 more]"),
        ("assistant", "I run them. [tool call: bash]"),
        ("assistant", "[tool result: collected 3 items ok]"),
        ("assistant", "Now the second part. [tool call: bash]"),
        ("assistant", "It failed."),
        ("user", "Why?"),
        ("assistant", "[tool result: no errors, 0 failed]"),
        ("assistant", "Now it works."),
    ]


def test_the_transcript_shows_them() -> None:
    assert "tool error" not in condense(TALK, 120)
    assert "Assistant: [tool error: Traceback" in condense(with_tools(TALK), 120)


def test_long_answers_are_shortened_and_russian_errors_known() -> None:
    (said,) = with_tools((Message("tool", "word " * 5000),))
    assert len(said.content) < 90 and said.content.endswith(" …]")
    (said,) = with_tools((Message("tool", "строка\nПроизошла ошибка записи"),))
    assert said.content == "[tool error: Произошла ошибка записи]"


def test_only_on_request(tmp_path) -> None:
    record = {"messages": [{"role": one.role, "content": one.content} for one in TALK]}
    path = tmp_path / "in.jsonl"
    path.write_text(json.dumps(record) + "\n", encoding="utf-8")
    plain = collect_conversations(path, InputSettings(), 0, None)
    told = collect_conversations(path, InputSettings(tools=True), 0, None)
    assert "tool error" not in plain.transcripts["transcript"][0]
    assert "tool error" in told.transcripts["transcript"][0]
    assert plain.conversations["conversation"].equals(told.conversations["conversation"])
    assert plain.conversations["characters"].equals(told.conversations["characters"])
