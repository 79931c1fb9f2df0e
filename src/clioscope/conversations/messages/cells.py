"""JSON in the cells of tables, and message lists that lie one level down in a record of a log."""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping
from typing import Any

from clioscope.conversations.messages.turns import speaks

LISTS = ("messages", "contents", "history", "chat_history", "chat", "dialog", "dialogue", "turns", "conversation")
_DEEP = 4  # levels that are looked into


def cell(value: Any) -> Any:
    """The list or object that a text holds as JSON (or as Python writes it), else the value itself."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    if not text.startswith(("[", "{")) or not text.endswith(("]", "}")):
        return value
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    try:  # pandas and csv.writer put lists down as Python does: [{'role': 'user', …}]
        found = ast.literal_eval(text)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return value
    return found if isinstance(found, list | dict) else value


def is_messages(value: Any) -> bool:
    """Whether a value is a list of messages, or JSON text of one."""
    value = cell(value)
    return isinstance(value, list) and bool(value) and speaks(value[0])


def list_field(record: Mapping[str, Any], names: tuple[str, ...] = LISTS) -> str | None:
    """The first of the names under which a record holds a list of messages."""
    return next((name for name in names if name in record and is_messages(record[name])), None)


def find_messages(value: Any, deep: int = _DEEP) -> list[Any] | None:
    """The list of messages in a value: itself, or in the objects and lists that it holds, JSON text included."""
    value = cell(value)
    if deep < 0:
        return None
    if isinstance(value, list):
        if value and speaks(value[0]):
            return value
        if len(value) == 1:  # LangSmith: a batch of one
            return find_messages(value[0], deep - 1)
        return None
    if not isinstance(value, dict):
        return None
    name = list_field(value)
    if name is not None:
        found: list[Any] = cell(value[name])
        return found
    for inner in value.values():
        if isinstance(inner, list | dict | str):
            found_below = find_messages(inner, deep - 1)
            if found_below is not None:
                return found_below
    return None
