"""ShareGPT and its relatives: ``conversations`` (or ``items``, ``conversation``) of ``{from, value}`` or of pairs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clioscope.conversations.build import conversation_of, list_of, object_of, read_messages
from clioscope.conversations.cells import cell
from clioscope.conversations.content import ROLES
from clioscope.conversations.conversation import Conversation
from clioscope.conversations.formats import Context, source
from clioscope.conversations.html_text import html_text, is_page

FIELDS = ("conversations", "items", "conversation")


def matches(record: Any) -> bool:
    if not isinstance(record, dict):
        return False
    field = _field(record)
    turns = cell(record.get(field))
    if not isinstance(turns, list) or not turns:
        return False
    if field == "conversation":  # with roles it is LMSYS or WildChat
        return _pair(turns[0]) is not None
    return _pair(turns[0]) is not None or (isinstance(turns[0], dict) and bool({"from", "role"} & turns[0].keys()))


@source(
    "sharegpt",
    about="ShareGPT array or JSONL with conversations[{from, value}], or pairs of question and answer",
    matches=matches,
    fields=("id", "conversations"),
)
def parse(record: Any, context: Context) -> Conversation:
    """Derived sets with ``{role, content}``, pairs such as ``{human, assistant}``, or a page's HTML are read too."""
    record = object_of(record)
    field = _field(record)
    items = list_of(record, field)
    messages: list[Any] = []
    for item in items:
        messages += _pair(item) or [item]
    turns = read_messages(messages, field)
    for place, (role, text) in enumerate(turns):
        if is_page(text, answer=role == "assistant"):
            turns[place] = (role, html_text(text))
    return conversation_of(record, turns, context, source_id=record.get("id"))


def _field(record: Mapping[str, Any]) -> str:
    return next((field for field in FIELDS if field in record), FIELDS[0])


def _pair(item: Any) -> list[dict[str, Any]] | None:
    """The two messages of a pair: an object whose keys are roles, or a list of two texts; None for anything else."""
    if isinstance(item, list | tuple) and len(item) == 2 and all(isinstance(text, str | None) for text in item):
        return [{"role": "user", "content": item[0]}, {"role": "assistant", "content": item[1]}]
    if not isinstance(item, dict) or {"role", "from", "content", "value"} & item.keys():
        return None
    said = [(name, ROLES.get(str(name).lower())) for name in item]
    spoken = [
        (name, role) for name, role in said if role in ("user", "assistant") and isinstance(item[name], str | None)
    ]
    if not any(role == "user" for _, role in spoken):
        return None
    return [
        {"role": str(role), "content": item[name]} for name, role in sorted(spoken, key=lambda pair: pair[1] != "user")
    ]
