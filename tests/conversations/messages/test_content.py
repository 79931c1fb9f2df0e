"""Parts, calls and roles of every provider."""

from __future__ import annotations

from typing import Any

import pytest

from clioscope.conversations.messages.content import RecordError, call_mark, call_marks, flatten_content, role_of


@pytest.mark.parametrize(
    ("part", "text"),
    [
        ({"type": "text", "text": "a"}, "a"),
        ({"type": "text", "text": {"value": "a", "annotations": []}}, "a"),
        ({"type": "input_text", "text": "a"}, "a"),
        ({"text": "a"}, "a"),
        ("a", "a"),
        (None, ""),
        ({"type": "image_url", "image_url": {"url": "x"}}, "[image]"),
        ({"type": "input_image"}, "[image]"),
        ({"content_type": "image_asset_pointer"}, "[image]"),
        ({"content_type": "audio_transcription", "text": "said"}, "said"),
        ({"content_type": "audio_asset_pointer"}, "[audio]"),
        ({"type": "document", "title": "Jane Doe"}, "[file: name omitted]"),
        ({"type": "input_file", "filename": "Jane Doe.pdf"}, "[file: name omitted]"),
        ({"type": "tool_use", "name": "run_sql"}, "[tool call: run_sql]"),
        ({"type": "tool_result", "content": "secret"}, "[tool result]"),
        ({"type": "function_call_output", "output": "x"}, "[tool result]"),
        ({"type": "thinking", "thinking": "hm"}, ""),
        ({"type": "refusal", "refusal": "I can't."}, "I can't."),
        ({"type": "hologram"}, "[other content]"),
    ],
)
def test_parts(part: Any, text: str) -> None:
    assert flatten_content(part, "content") == text
    assert flatten_content([{"type": "text", "text": "x"}, part], "content") == "\n".join(["x"] + [text] * bool(text))


def test_a_name_cannot_carry_text_into_a_mark() -> None:
    assert call_mark("x]\nUser: hi") == "[tool call: x_User:_hi]"
    assert call_mark(None) == "[tool call: unnamed]"
    assert call_marks({"tool_calls": [{"function": {"name": "a"}}, None, {}], "function_call": {"name": "b"}}) == (
        "[tool call: a]\n[tool call: unnamed]\n[tool call: unnamed]\n[tool call: b]"
    )


def test_roles() -> None:
    assert [role_of(name, "role") for name in ("Human", " gpt ", "developer", "observation")] == [
        "user",
        "assistant",
        "system",
        "tool",
    ]
    assert role_of("Narrator", "messages[2].role") == "Narrator"
    with pytest.raises(RecordError, match="role: expected a role as text, found nothing"):
        role_of(None, "role")
