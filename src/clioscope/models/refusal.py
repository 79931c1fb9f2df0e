"""What a server's 400 means, and how to ask differently."""

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
_NO_SYSTEM = re.compile(
    r"system role|(not|n't) support '?system|role\b[^.]{0,40}\bsystem\b|developer instruction", re.IGNORECASE
)
_NO_TEMPLATE = re.compile(r"chat[ _]template", re.IGNORECASE)
_TOO_MANY = re.compile(
    r"too (large|high|big|many)|at most|less than|exceed|maximum|up to|range|greater than|fewer|afford"
)
_UNSUPPORTED = re.compile(r"unsupported|not supported|unknown|unrecognized|unexpected|not permitted|not allowed|extra")
_FEWEST = 16  # tokens; a smaller number in a refusal is no limit of the answer
_OPTIONAL = ("top_k", "top_p", "seed", "temperature", "cache_prompt", "chat_template_kwargs", "stop")
_CONSTRAINTS = ("response_format", "grammar", "json_schema", "structured_outputs")


def is_too_long(message: str) -> bool:
    """Whether the question does not fit the model's context."""
    return _TOO_LONG.search(message) is not None


def adapt(message: str, body: Body, habits: Habits) -> None:
    """Change ``habits`` so that the next body avoids what this one was refused for.

    Habits only ever grow (and the limit only falls), so a server that refuses everything is asked a few times and no
    more.
    """
    lower = message.lower()
    if _adapt_length(lower, body, habits):
        return
    if _NO_SYSTEM.search(message) and any(message["role"] == "system" for message in body.get("messages", ())):
        habits.no_system = True
        return
    for name in _OPTIONAL:
        if name in body and re.search(rf"\b{name}\b", lower):
            habits.dropped.add(name)
            return
    if any(name in body for name in _CONSTRAINTS) and _FORMAT.search(message):
        habits.plain_json = True
    elif habits.endpoint == "chat" and _NO_TEMPLATE.search(message):
        habits.endpoint = "completion"


def _adapt_length(message: str, body: Body, habits: Habits) -> bool:
    """Give the longest answer under another name, as a smaller number, or not at all; whether that may help."""
    name = "max_completion_tokens" if "max_completion_tokens" in body else "max_tokens"
    other = "max_completion_tokens" if name == "max_tokens" else "max_tokens"
    if name not in body or not re.search(r"\bmax_(completion_)?tokens\b", message):
        return False
    if _TOO_MANY.search(message):
        asked = int(body[name])
        numbers = [int(digits.replace(",", "")) for digits in re.findall(r"\d[\d,]*", message)]
        below = [number for number in numbers if _FEWEST <= number < asked]
        if below or asked // 4 >= _FEWEST:
            habits.limit = min(max(below, default=asked // 4), habits.limit or asked)
            return True
    if name == "max_tokens" and (other in message or _UNSUPPORTED.search(message)):
        habits.renamed["max_tokens"] = other
        return True
    if name == "max_completion_tokens" and re.search(rf"\b{name}\b", message) and _UNSUPPORTED.search(message):
        habits.dropped.add(name)  # takes neither name
        return True
    return False
