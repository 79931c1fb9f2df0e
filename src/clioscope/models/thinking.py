"""The reasoning in the text of a model, which is never part of its answer."""

from __future__ import annotations

import json
import re

CLOSE = "\n</think>\n\n"  # what ends a stretch of thinking and begins the answer

_TAG = r"(?:think|thinking|thought|reasoning)"
_BLOCK = re.compile(rf"<{_TAG}>.*?</{_TAG}>", re.DOTALL | re.IGNORECASE)
_OPEN = re.compile(rf"<{_TAG}>", re.IGNORECASE)
_CLOSE = re.compile(rf"</{_TAG}>", re.IGNORECASE)


def strip_thinking(text: str) -> str:
    """``text`` without ``<think>…</think>``.

    Several blocks, nested ones, a block that was never closed, and a text that starts inside a block (the
    templates of DeepSeek-R1 open the tag in the prompt) are handled. A text that is one JSON value is an
    answer even if a string in it mentions the tag. An unclosed block leaves nothing of what follows it.
    """
    if _has_no_tag(text) or is_json(text):
        return text.strip()
    text = _BLOCK.sub("", text)
    closes = list(_CLOSE.finditer(text))
    if closes:
        text = text[closes[-1].end() :]
    opened = _OPEN.search(text)
    if opened:
        text = text[: opened.start()]
    return text.strip()


def thinking_of(text: str) -> str:
    """The first stretch of thinking in ``text`` without its tags; the whole text if it is never closed."""
    opened = _OPEN.match(text.lstrip())
    body = text.lstrip()[opened.end() :] if opened else text
    closed = _CLOSE.search(body)
    return (body[: closed.start()] if closed else body).strip("\n")


def still_thinking(text: str, *, opened: bool) -> bool:
    """Whether ``text`` ends inside a block. ``opened``: the model's template opens the tag in the prompt."""
    starts = bool(_OPEN.match(text.lstrip()))
    return (starts or opened) and _CLOSE.search(text) is None


def is_json(text: str) -> bool:
    """Whether the whole text is one JSON object or array."""
    text = text.strip()
    if text[:1] not in ("{", "["):
        return False
    try:
        json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return False
    return True


def _has_no_tag(text: str) -> bool:
    return _OPEN.search(text) is None and _CLOSE.search(text) is None
