"""JSON in the cells of tables, and message lists that lie one level down in a record of a log."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Mapping
from typing import Any

from clioscope.conversations.messages.turns import asks_alone, speaks

LISTS = ("messages", "contents", "history", "chat_history", "chat", "dialog", "dialogue", "turns", "conversation")
_ARRAY = re.compile(r"\Aarray\(|,?\s*dtype=object\)\Z")
_BETWEEN = re.compile(r"(\})(\s*\n\s*\{)")  # NumPy writes lists without commas, one element per line
# What Python writes that is no literal, as a value in an object: nan, dates.
_NO_LITERAL = re.compile(r"(?<=: )(?:nan|NaT|(?:datetime\.datetime|Timestamp)\([^()]*\))(?=[,}])")
_BEGINS = re.compile(r"""\s*"?\[\s*\{\s*\\?["'](?:role|from|content|sender|speaker|author|type|parts)\\?["']\s*:""")
_DEEP = 4  # levels that are looked into


def cell(value: Any) -> Any:
    """The list or object that a text holds as JSON (or as Python writes it), else the value itself."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    if text.startswith(('"[', '"{')) and text.endswith('"'):  # JSON that was put into JSON once more
        try:
            inner = json.loads(text)
        except (ValueError, RecursionError):
            return value
        decoded = cell(inner)
        return value if isinstance(decoded, str) else decoded
    if text.startswith("array(["):  # a NumPy array, as pandas puts it down
        text = _ARRAY.sub("", text)
    if not text.startswith(("[", "{")) or not text.endswith(("]", "}")):
        return value
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    lines = _lines(text) or _unescaped(text)
    if lines is not None:
        return lines
    for written in (
        text,
        _NO_LITERAL.sub("None", _BETWEEN.sub(r"\1,\2", text)),
    ):  # pandas and csv.writer put lists down as Python does
        try:
            literal = ast.literal_eval(written)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            continue
        return literal if isinstance(literal, list | dict) else value
    return value


def _lines(text: str) -> list[Any] | None:
    """The objects of a text that has one JSON object per line; None for other texts."""
    if "\n" not in text or not text.startswith("{"):
        return None
    try:
        values = [json.loads(line) for line in text.splitlines() if line.strip()]
    except (ValueError, RecursionError):
        return None
    return values if all(isinstance(value, dict) for value in values) else None


def _unescaped(text: str) -> Any:
    """What JSON holds whose quotes are all escaped, as if it stood inside a string; None for other texts."""
    if not text.startswith(('[{\\"', '{\\"')):
        return None
    try:
        return json.loads(json.loads(f'"{text}"'))
    except (ValueError, RecursionError):
        return None


def is_cut_off(value: str) -> bool:
    """Whether a text begins as a list of messages in JSON (or as Python writes it) and cannot be read as one."""
    return _BEGINS.match(value) is not None and isinstance(cell(value), str)


def is_messages(value: Any) -> bool:
    """Whether a value is a list of messages, or JSON text of one."""
    value = cell(value)
    return isinstance(value, list) and bool(value) and (speaks(value[0]) or asks_alone(value))


def list_field(record: Mapping[str, Any], names: tuple[str, ...] = LISTS) -> str | None:
    """The first of the names under which a record holds a list of messages."""
    return next((name for name in names if name in record and is_messages(record[name])), None)


def find_messages(value: Any, deep: int = _DEEP) -> list[Any] | None:
    """The list of messages in a value: itself, or in the objects and lists that it holds, JSON text included."""
    value = cell(value)
    if deep < 0:
        return None
    if isinstance(value, list):
        if value and (speaks(value[0]) or asks_alone(value)):
            return value
        if len(value) == 1:  # LangSmith: a batch of one
            return find_messages(value[0], deep - 1)
        return None
    if not isinstance(value, dict):
        return None
    name = list_field(value)
    if name is not None:
        messages: list[Any] = cell(value[name])
        return messages
    for inner in value.values():
        if isinstance(inner, list | dict | str):
            found_below = find_messages(inner, deep - 1)
            if found_below is not None:
                return found_below
    return None
