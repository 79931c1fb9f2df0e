"""Ids as text: one form per id, whatever the export wrapped it in."""

from __future__ import annotations

import base64
import binascii
import math
import re
import uuid
from collections.abc import Mapping
from decimal import Decimal

from clioscope.conversations.fields.dates import is_nothing

_NOBODY = (
    "anonymous|anonymous user|anon|guest|guest user|unknown|unknown user|nobody|no user|not set|(not set)|deleted|"
    "[deleted]|deleted user|removed|[removed]|redacted|[redacted]|not provided|not available|none provided|"
    "аноним|анонимный|анонимный пользователь|гость|неизвестно|неизвестный|не указан|не указано|нет|удалён|удален|"
    "anonym|gast|unbekannt|anonyme|invité|inconnu|anónimo|invitado|desconocido|anônimo|"
    "00000000-0000-0000-0000-000000000000"
)
_EXACT = 2**53  # from here on a float stands for several whole numbers, so that several ids would become one
LOST = "a number that has lost its last figures; export the ids as text"
NOBODY = frozenset(_NOBODY.split("|"))
"""Words that stand where an id would, and say nobody."""

_INNER = ("id", "_id", "uuid", "guid", "uid", "user_id", "userId", "email", "username", "login", "name")
_PLAIN = ("$oid", "$numberLong", "$numberInt", "$numberDouble", "$numberDecimal", "$uuid")
_WHOLE = re.compile(r"(-?\d{1,18})\.0+", re.ASCII)
_SHORTENED = re.compile(r"\d[.,]\d+[eE]\+\d+", re.ASCII)
_ADDRESS = re.compile(r"(?:[^<>]*\s<)?([^\s<>@]+@[^\s<>@]+\.[^\s<>@]+?)(>?)")


def plain_id(value: object) -> str | None:
    """The text of an id: whole numbers without a fraction, text without spaces around it, e-mail addresses in lower
    case, MongoDB's wrappers and objects that hold an id unwrapped.

    Returns None for a value that says nothing or nobody (``anonymous``, ``guest``). Raises ValueError for what cannot
    be an id: lists, true and false, numbers that have lost figures.
    """
    return _plain(value, 0)


def _plain(value: object, depth: int) -> str | None:
    if is_nothing(value):
        return None
    if isinstance(value, str):
        text = value.strip()
        if "@" not in text and "." not in text and text[0].isalpha() and text.casefold() not in NOBODY:
            return text  # nearly all ids there are
        return _of_text(text)
    if isinstance(value, bool):
        raise ValueError("true/false is not an id")
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float | Decimal):
        return _of_fraction(value)
    if isinstance(value, bytes):
        return _of_bytes(value)
    if isinstance(value, uuid.UUID):
        return _of_text(str(value))
    if isinstance(value, Mapping) and depth < 3:
        return _of_object(value, depth)
    if hasattr(value, "item") and not hasattr(value, "__len__"):
        return _plain(value.item(), depth + 1) if depth < 3 else None
    raise ValueError("not an id")


def _of_text(text: str) -> str | None:
    if text.casefold() in NOBODY:
        return None
    if match := _WHOLE.fullmatch(text):
        return match[1]  # 5.0 is what a table makes of 5 where a value of the column is missing
    if _SHORTENED.fullmatch(text):
        raise ValueError(LOST)
    match = _ADDRESS.fullmatch(text)
    if match and (match[2] == ">") == ("<" in text):
        return match[1].lower()
    return text


def _of_fraction(value: float | Decimal) -> str:
    if not math.isfinite(value):
        raise ValueError("infinity is not an id")
    if isinstance(value, float) and abs(value) >= _EXACT:
        raise ValueError(LOST)
    return str(int(value)) if value == int(value) else str(value)


def _of_bytes(value: bytes) -> str | None:
    if not value:
        return None
    return str(uuid.UUID(bytes=value)) if len(value) == 16 else value.hex()


def _of_object(value: Mapping[object, object], depth: int) -> str | None:
    for name in _PLAIN:
        if name in value:
            return _plain(value[name], depth + 1)
    if "$binary" in value:
        inner = value["$binary"]
        text = inner.get("base64") if isinstance(inner, Mapping) else inner
        try:
            return _of_bytes(base64.b64decode(str(text), validate=True))
        except binascii.Error as error:
            raise ValueError("not an id") from error
    for name in _INNER:
        inner = value.get(name)
        if not is_nothing(inner) and not isinstance(inner, list | bool):
            return _plain(inner, depth + 1)
    if all(is_nothing(inner) for inner in value.values()):
        return None
    raise ValueError("an object without an id")
