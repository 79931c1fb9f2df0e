"""What a server's 400 means, and what to do differently about it."""

from __future__ import annotations

import re

from clioscope.models.profile import Habits
from clioscope.models.wire import Body

_TOO_LONG = re.compile(
    r"context[ _](length|size|window)|exceed_context_size|maximum (context|input)|too many tokens"
    r"|(prompt|input|request)[^.]{0,40} too (long|large)",
    re.IGNORECASE,
)
_FORMAT = re.compile(r"response_format|json_schema|structured|guided|grammar|strict", re.IGNORECASE)
_NO_TEMPLATE = re.compile(r"chat[ _]template", re.IGNORECASE)
_OPTIONAL = ("top_k", "top_p", "seed", "temperature", "cache_prompt", "chat_template_kwargs", "stop")
_CONSTRAINTS = ("response_format", "grammar", "json_schema", "structured_outputs")


def is_too_long(message: str) -> bool:
    """Whether the question does not fit the model's context."""
    return _TOO_LONG.search(message) is not None


def adapt(message: str, body: Body, habits: Habits) -> None:
    """Change ``habits`` so that the next body avoids what this one was refused for.

    Habits only ever grow, so a server that refuses everything is asked a few times and no more.
    """
    lower = message.lower()
    if "max_completion_tokens" in lower and "max_tokens" in body:
        habits.renamed["max_tokens"] = "max_completion_tokens"
        return
    for name in _OPTIONAL:
        if name in body and re.search(rf"\b{name}\b", lower):
            habits.dropped.add(name)
            return
    if any(name in body for name in _CONSTRAINTS) and _FORMAT.search(message):
        habits.plain_json = True
    elif habits.endpoint == "chat" and _NO_TEMPLATE.search(message):
        habits.endpoint = "completion"
