"""Message content of every shape (text, parts, calls) as text with short marks; role names as roles."""

from __future__ import annotations

import re
from typing import Any

from clioscope.conversations.conversation import Role

ROLES: dict[str, Role] = {
    **dict.fromkeys(("user", "human", "prompter", "customer"), "user"),
    **dict.fromkeys(("assistant", "gpt", "chatgpt", "ai", "bot", "model", "bing", "bard", "claude"), "assistant"),
    **dict.fromkeys(("function_call", "tool_call"), "assistant"),
    **dict.fromkeys(("system", "developer"), "system"),
    **dict.fromkeys(("tool", "function", "observation", "ipython"), "tool"),
    **dict.fromkeys(("function_response", "tool_response", "tool_result"), "tool"),
}

_TEXT = {"text", "input_text", "output_text", "audio_transcription"}
_HIDDEN = {"thinking", "redacted_thinking", "reasoning", "thoughts"}
_MARKS = (  # the first word found in a part's type decides
    ("image", "[image]"),
    ("audio", "[audio]"),
    ("video", "[video]"),
    ("result", "[tool result]"),
    ("output", "[tool result]"),
    ("file", "[file: name omitted]"),
    ("document", "[file: name omitted]"),
)
_UNSAFE = re.compile(r"[^\w.:/-]+")


class RecordError(ValueError):
    """A record that cannot be used; its text names the field and says what is wrong."""


def kind(value: object) -> str:
    """The type of a JSON value in plain words, for reasons."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true/false"
    if isinstance(value, int | float):
        return "a number"
    plain: dict[type, str] = {str: "text", list: "a list", dict: "an object"}
    return plain.get(type(value), type(value).__name__)


def role_of(value: object, field: str) -> str:
    """The role that a name stands for (``human``, ``gpt``, ``developer``, …), in any case; an unknown name as it is."""
    if not isinstance(value, str):
        raise RecordError(f"{field}: expected a role as text, found {kind(value)}")
    return ROLES.get(value.strip().lower(), value)


def flatten_content(content: Any, field: str) -> str:
    """Join the text parts of a content; other parts become marks, file names and reasoning are left out."""
    if isinstance(content, str):
        return content
    if content is None:
        return ""
    if isinstance(content, dict):
        return _part(content, field)
    if not isinstance(content, list):
        raise RecordError(f"{field}: expected text or a list of parts, found {kind(content)}")
    parts = (flatten_content(part, f"{field}[{index}]") for index, part in enumerate(content))
    return "\n".join(part for part in parts if part.strip())


def call_mark(name: object) -> str:
    """``[tool call: name]``; the name reduced to identifier characters, since models and users choose it."""
    text = _UNSAFE.sub("_", name)[:64] if isinstance(name, str) else ""
    return f"[tool call: {text or 'unnamed'}]"


def call_marks(message: dict[str, Any]) -> str:
    """Marks for the OpenAI fields ``tool_calls`` and ``function_call`` of a message, one a line."""
    calls = message.get("tool_calls") or []
    if not isinstance(calls, list):
        raise RecordError(f"tool_calls: expected a list, found {kind(calls)}")
    if message.get("function_call"):
        calls = [*calls, {"function": message["function_call"]}]
    marks = []
    for call in calls:
        inner = call.get("function") if isinstance(call, dict) else None
        marks.append(call_mark((inner if isinstance(inner, dict) else call or {}).get("name")))
    return "\n".join(marks)


def _part(part: dict[str, Any], field: str) -> str:
    """One part of a multi-part content; parts without a type are taken by what they hold."""
    type_ = str(part.get("type") or part.get("content_type") or "text")
    if type_ in _TEXT:
        text = part.get("text")
        if isinstance(text, dict):  # the Assistants API wraps it: {"value": "...", "annotations": []}
            text = text.get("value")
        if text is not None and not isinstance(text, str):
            raise RecordError(f"{field}.text: expected text, found {kind(text)}")
        return text or ""
    if type_ == "refusal":
        return str(part.get("refusal") or "")
    if type_ in _HIDDEN:
        return ""
    for word, mark in _MARKS:
        if word in type_:
            return mark
    if type_ in ("tool_use", "server_tool_use") or type_.endswith("call"):
        return call_mark(part.get("name"))
    return "[other content]"
