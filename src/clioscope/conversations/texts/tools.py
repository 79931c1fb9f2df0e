"""What tools answered, as short marks in the assistant's turns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from clioscope.conversations.conversation import Message

_RESULT, _ERROR = 60, 90  # characters of a result and of an error that are shown
_SPEAKS = ("assistant", "tool")
_FAILED = re.compile(
    r"(?<!no )(?<!0 )\b(?:\w*error|\w*exception|traceback|failed|failure|denied|timed out|timeout|not found)\b"
    r"|exit (?:code|status) [1-9]|ошибк[аи]|исключение|отказано|не найден",
    re.IGNORECASE,
)


def with_tools(messages: Sequence[Message]) -> tuple[Message, ...]:
    """The messages with the answers of tools as the assistant's words: ``[tool result: …]``, one per answer.

    An answer that reads like an error is ``[tool error: …]`` with the line that says so. It comes at the beginning of
    what the assistant said between two turns of the user, since only the head of that is shown.
    """
    return tuple(
        message
        for speaks, run in groupby(messages, key=lambda one: one.role in _SPEAKS)
        for message in (_told(list(run)) if speaks else run)
    )


def _told(run: Sequence[Message]) -> Iterator[Message]:
    errors = [error for one in run if one.role == "tool" and (error := _error(one.content))]
    if errors:
        more = f", and {len(errors) - 1} more" if len(errors) > 1 else ""
        yield Message("assistant", f"[tool error: {errors[0]}{more}]")
    for one in run:
        if one.role != "tool":
            yield one
        elif not _error(one.content) and (said := _short(one.content, _RESULT)):
            yield Message("assistant", f"[tool result: {said}]")


def _error(text: str) -> str:
    """The line of a tool's answer that reports an error, shortened; "" where there is none."""
    found = next((line for line in text.splitlines() if _FAILED.search(line)), "")
    return _short(found, _ERROR)


def _short(text: str, characters: int) -> str:
    flat = " ".join(text[: 20 * characters].split()).strip("[]")
    return flat if len(flat) <= characters else flat[:characters].rstrip() + " …"
