"""Text of a model or a user made plain for a screen: nothing in it moves the cursor or turns the order of letters."""

from __future__ import annotations

import json
import re
from typing import Any

_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
# Controls (C0, DEL, C1), marks and overrides of direction, unseen characters, the block of tags, halves of characters.
_UNSEEN = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e0fff\ud800-\udfff"
)
_STRAY = re.compile(f"[{_UNSEEN}]")
# Joiners belong between the letters of some scripts and within emoji. Elsewhere they make two equal words differ.
_NO_JOINERS = "\x00-\u05ff\u2000-\u206f\u3000-\u9fff\uac00-\ud7ff"
_JOINER = re.compile(f"(?<![^{_NO_JOINERS}])[\u200c\u200d]|[\u200c\u200d](?=[{_NO_JOINERS}]|\\Z)")
_RUN = re.compile("([\u200c\u200d])[\u200c\u200d]+")
_LOOSE = re.compile(f"[{_UNSEEN}\u200c\u200d]")


def plain(text: str) -> str:
    """The text without control characters, overrides of direction and unseen characters. Line feeds and tabs stay."""
    if text.isascii() and text.isprintable():
        return text
    text = _STRAY.sub("", _BREAKS.sub("\n", text))
    return _JOINER.sub("", _RUN.sub(r"\1", text))


def line(text: str) -> str:
    """The plain text on one line."""
    return " ".join(plain(text).split())


def json_text(value: Any, **options: Any) -> str:
    """``value`` as JSON that a terminal can show: what ``plain`` removes is written as an escape, so nothing is lost.

    ``options`` are those of ``json.dumps``.
    """
    return escaped(json.dumps(value, **({"ensure_ascii": False} | options)))


def escaped(text: str) -> str:
    """JSON with every unseen character of its strings written as an escape."""
    return _LOOSE.sub(lambda match: json.dumps(match[0])[1:-1], text)


def escaped_toml(text: str) -> str:
    """TOML with every unseen character of its basic strings written as an escape. Halves of characters go."""
    return _LOOSE.sub(lambda match: "" if "\ud800" <= match[0] <= "\udfff" else f"\\U{ord(match[0]):08x}", text)
