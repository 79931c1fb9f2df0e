"""Message content of every shape (text, parts, calls) as text with short marks; role names as roles."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from clioscope.conversations.conversation import Role

ROLES: dict[str, Role] = {
    **dict.fromkeys(("user", "human", "prompter", "customer", "visitor", "enduser", "end-user", "end_user"), "user"),
    **dict.fromkeys(("humanmessage", "humanmessagechunk"), "user"),
    **dict.fromkeys(("assistant", "gpt", "chatgpt", "ai", "bot", "model", "bing", "bard", "claude"), "assistant"),
    **dict.fromkeys(("chatbot", "gemini", "agent", "operator", "aimessage", "aimessagechunk"), "assistant"),
    **dict.fromkeys(("function_call", "tool_call"), "assistant"),
    **dict.fromkeys(("inbound", "incoming", "клиент", "пользователь", "посетитель"), "user"),
    **dict.fromkeys(("outbound", "outgoing", "оператор", "бот", "ассистент"), "assistant"),
    **dict.fromkeys(("system", "developer", "systemmessage"), "system"),
    **dict.fromkeys(("tool", "function", "observation", "ipython", "toolmessage", "functionmessage"), "tool"),
    **dict.fromkeys(("function_response", "tool_response", "tool_result", "toolresult", "tool_responses"), "tool"),
}

TOOL_RESULT = "[tool result]"
OTHER_CONTENT = "[other content]"  # of a part that cannot be read
_TEXT = {"text", "input_text", "output_text", "audio_transcription"}
_HIDDEN = ("thinking", "reasoning", "thought")
_NOTHING = {"step-start", "step-finish", "source-url", "source-document", "citations"}
_MARKS = (  # the first word found in a part's type decides
    ("image", "[image]"),
    ("audio", "[audio]"),
    ("video", "[video]"),
    ("result", TOOL_RESULT),
    ("output", TOOL_RESULT),
    ("response", TOOL_RESULT),
    ("file", "[file: name omitted]"),
    ("document", "[file: name omitted]"),
)
_OWN = ("text", "value", "content", "parts")  # where a part keeps its text
_UNTYPED = (  # parts as Gemini writes them: told by the field they have
    ("functionCall", "call"),
    ("function_call", "call"),
    ("functionResponse", "result"),
    ("function_response", "result"),
    ("executableCode", "call"),
    ("codeExecutionResult", "result"),
    ("inlineData", "media"),
    ("inline_data", "media"),
    ("fileData", "media"),
    ("file_data", "media"),
)
_OF_TOOLS = frozenset(("tool_use_id", "tool_call_id", "toolCallId", "call_id"))
_MEDIA = ("image", "audio", "video")
_UNSAFE = re.compile(r"[^\w.:/-]+")


class RecordError(ValueError):
    """A record that cannot be used; its text names the field and says what is wrong."""


class NoConversation(RecordError):
    """A record that holds no conversation by its nature (a header, another kind of event); its text says what it is."""


class Piece(NamedTuple):
    """Some text of a message. ``role`` is None where it is the speaker's own, ``tool`` for a tool's result."""

    role: Role | None
    text: str


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
    if value in ROLES:
        return ROLES[value]
    return ROLES.get(value.strip().lower(), value)


def flatten_content(content: Any, field: str) -> str:
    """Join the text parts of a content; other parts become marks, file names and reasoning are left out."""
    if isinstance(content, str):
        return content
    return "\n".join(
        piece.text if piece.role is None else TOOL_RESULT for piece in pieces(content, field, []) if piece.text.strip()
    )


def pieces(content: Any, field: str, flaws: list[str]) -> list[Piece]:
    """The parts of a content in order, apart by whose text they are.

    Parts of a kind that is not known become ``[other content]``; ``flaws`` gets their names.
    Raises RecordError for a content that is neither text nor parts.
    """
    if isinstance(content, str):
        return [Piece(None, content)]
    return list(_pieces(content, field, flaws))


def call_mark(name: object) -> str:
    """``[tool call: name]``; the name reduced to identifier characters, since models and users choose it."""
    text = _UNSAFE.sub("_", name)[:64] if isinstance(name, str) else ""
    return f"[tool call: {text or 'unnamed'}]"


def call_marks(message: dict[str, Any]) -> str:
    """Marks for the OpenAI fields ``tool_calls`` and ``function_call`` of a message, one per line."""
    calls = message.get("tool_calls") or []
    if not isinstance(calls, list):
        raise RecordError(f"tool_calls: expected a list, found {kind(calls)}")
    if message.get("function_call"):
        calls = [*calls, {"function": message["function_call"]}]
    marks = []
    for call in calls:
        inner = call.get("function") if isinstance(call, dict) else None
        marks.append(
            call_mark((inner if isinstance(inner, dict) else call if isinstance(call, dict) else {}).get("name"))
        )
    return "\n".join(marks)


def _pieces(content: Any, field: str, flaws: list[str]) -> Iterator[Piece]:
    if content is None:
        return
    if isinstance(content, str):
        yield Piece(None, content)
    elif isinstance(content, dict):
        yield from _part(content, field, flaws)
    elif isinstance(content, list):
        for index, part in enumerate(content):
            yield from _pieces(part, f"{field}[{index}]", flaws)
    else:
        raise RecordError(f"{field}: expected text or a list of parts, found {kind(content)}")


def _part(part: dict[str, Any], field: str, flaws: list[str]) -> Iterator[Piece]:
    """One part of a multi-part content; parts without a type are taken by what they hold."""
    if "tool_use_id" in part:  # whatever its type: the result of a tool
        yield Piece("tool", _result(part.get("content"), field))
        return
    type_ = part.get("type") or part.get("content_type")
    if type_ is None:
        yield from _untyped(part, field, flaws)
        return
    type_ = str(type_)
    if type_ in ("blob", "uri"):  # OpenTelemetry: data or an address, with what it is beside
        yield Piece(None, f"[{part['modality']}]" if part.get("modality") in _MEDIA else _media(part))
    elif type_ in _TEXT:
        name = next((name for name in _OWN if part.get(name)), "text")
        if isinstance(part.get(name), list):
            yield from _pieces(part[name], f"{field}.{name}", flaws)
        else:
            yield Piece(None, _text(part.get(name), f"{field}.{name}"))
    elif type_ == "refusal":
        yield Piece(None, str(part.get("refusal") or ""))
    elif any(word in type_ for word in _HIDDEN) or type_ in _NOTHING:
        return
    elif type_ in ("tool_use", "server_tool_use", "tool-invocation", "mcp_tool_use") or type_.endswith("call"):
        yield Piece(None, call_mark(part.get("name") or part.get("toolName")))
    elif type_.startswith("tool-") and type_ != "tool-result":  # AI SDK: the tool's name stands in the type
        yield Piece(None, call_mark(type_.removeprefix("tool-")))
    elif type_ == "dynamic-tool":
        yield Piece(None, call_mark(part.get("toolName")))
    else:
        yield from _other(part, type_, field, flaws)


def _other(part: dict[str, Any], type_: str, field: str, flaws: list[str]) -> Iterator[Piece]:
    mark = next((mark for word, mark in _MARKS if word in type_), None)
    if not _OF_TOOLS.isdisjoint(part):  # whatever its type is called, it is no text of a person
        mark = TOOL_RESULT
    if mark == TOOL_RESULT:
        inner = next(
            (part[name] for name in ("content", "output", "result", "response") if part.get(name) is not None), None
        )
        yield Piece("tool", _result(inner, field))
        return
    if mark is not None:
        yield Piece(None, mark)
        return
    # Some keep the text under the name of the type: {"type": "markdown", "markdown": "…"}.
    named = (*_OWN, type_) if isinstance(part.get(type_), str) else _OWN
    said = next((part[name] for name in named if isinstance(part.get(name), str | list) and part[name]), None)
    if said is not None:
        yield from _pieces(said, field, flaws)
        return
    flaws.append(f"{field}: the unknown type {type_[:40]!r} of a part is taken as other content")
    yield Piece(None, OTHER_CONTENT)


def _untyped(part: dict[str, Any], field: str, flaws: list[str]) -> Iterator[Piece]:
    if part.get("thought") is True:  # Gemini: the thoughts of the model, as text parts
        return
    if not _OF_TOOLS.isdisjoint(part):
        yield Piece("tool", _result(part.get("content") or part.get("output"), field))
        return
    for name in _OWN:
        if name in part:
            inner = part[name]
            if name in ("content", "parts"):
                yield from _pieces(inner, f"{field}.{name}", flaws)
            else:
                yield Piece(None, _text(inner, f"{field}.{name}"))
            return
    for name, what in _UNTYPED:
        if name in part:
            inner = part[name] if isinstance(part[name], dict) else {}
            if what == "call":
                yield Piece(None, call_mark(inner.get("name") or name))
            elif what == "result":
                yield Piece("tool", TOOL_RESULT)
            else:
                yield Piece(None, _media(inner))
            return
    if part:
        flaws.append(f"{field}: no known field of text among the fields {names_of(part)}")
        yield Piece(None, OTHER_CONTENT)


def names_of(fields: dict[str, Any]) -> str:
    """The first names of an object's fields, for reasons."""
    names = [str(name)[:40] for name in fields]
    return ", ".join(names[:8]) + (", …" if len(names) > 8 else "")


def _text(text: Any, field: str) -> str:
    if isinstance(text, dict):  # the Assistants API wraps it: {"value": "...", "annotations": []}
        text = text.get("value")
    if text is not None and not isinstance(text, str):
        raise RecordError(f"{field}: expected text, found {kind(text)}")
    return text or ""


def _result(inner: Any, field: str) -> str:
    """What a tool answered, as text; a mark where it is something else."""
    if isinstance(inner, dict) and isinstance(inner.get("value"), str | list | dict):  # AI SDK: {type, value}
        inner = inner["value"]
    try:
        text = flatten_content(inner, field)
    except RecordError:
        text = ""
    return text if text.strip() else TOOL_RESULT


def _media(inner: dict[str, Any]) -> str:
    what = str(inner.get("mimeType") or inner.get("mime_type") or "").partition("/")[0]
    return f"[{what}]" if what in _MEDIA else "[file: name omitted]"
