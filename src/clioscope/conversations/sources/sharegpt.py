"""ShareGPT: ``id`` and ``conversations`` (or ``items``, ``conversation``) of ``{from: human|gpt|…, value}``.

Read as well are its relatives: ``{role, content}``, pairs (``{human, assistant}``, ``[question, answer]``), texts in
turn, all of these as JSON text in a cell, and values that are HTML as the page of a chat had it.
"""

from __future__ import annotations

from typing import Any

from clioscope.conversations.build import conversation_of, list_of, object_of, read_messages
from clioscope.conversations.conversation import Conversation
from clioscope.conversations.formats import Context, source
from clioscope.conversations.messages.cells import cell
from clioscope.conversations.messages.content import role_of
from clioscope.conversations.messages.html_text import block_wrapped, page_text, page_wrapped
from clioscope.conversations.sources.parts.exchanges import exchanges

FIELDS = ("conversations", "items", "conversation", "dialog", "dialogue", "dialogs", "data", "utterances")
_TEXTS = ("value", "content", "text")


def matches(record: Any) -> bool:
    return isinstance(record, dict) and _field(record) is not None


@source(
    "sharegpt",
    about="ShareGPT array or JSONL with conversations[{from, value}]",
    matches=matches,
    fields=("id", "conversations"),
)
def parse(record: Any, context: Context) -> Conversation:
    """HTML is made text where the whole value is what a page showed; HTML that is part of a message stays."""
    record = object_of(record)
    field = _field(record) or next((name for name in FIELDS if name in record), FIELDS[0])
    items = list_of(record, field)
    return conversation_of(
        record,
        read_messages(_plain(_by_name(items, record) or exchanges(items) or items), field),
        context,
        source_id=record.get("id"),
    )


def _field(record: dict[str, Any]) -> str | None:
    """The field that holds the turns: messages with a speaker, or pairs or texts in turn (not of ``items``, which may
    be a list of anything).
    """
    for name in FIELDS:
        if name not in record:
            continue
        turns = cell(record[name])
        if not isinstance(turns, list) or not turns:
            continue
        first = turns[0]
        if name in FIELDS[:2] and isinstance(first, dict) and not {"from", "role"}.isdisjoint(first):
            return name
        if name == "data" and not (len(turns) > 1 and isinstance(first, str)):  # UltraChat alone
            continue
        if name != "items" and exchanges(turns) is not None:
            return name
    return None


def _by_name(items: list[Any], record: dict[str, Any]) -> list[Any] | None:
    """Texts whose speakers stand in a list beside them (SODA): the first who speaks is the user; None for others."""
    names = cell(record.get("speakers"))
    if not isinstance(names, list) or len(names) != len(items) or not all(isinstance(item, str) for item in items):
        return None
    return [
        {"role": "user" if name == names[0] else "assistant", "content": item}
        for name, item in zip(names, items, strict=True)
    ]


def _plain(items: list[Any]) -> list[Any]:
    """The items with the text of those that are HTML as a page had it.

    Bare paragraphs (``<p>…</p>``) may be code that somebody shows, so they are taken for a page only where all
    answers of the conversation are HTML.
    """
    texts = [_text(item) for item in items]
    if not any(text.lstrip().startswith("<") for _, text in texts):
        return items
    from_page = all(
        page_wrapped(text) or block_wrapped(text)
        for item, (name, text) in zip(items, texts, strict=True)
        if name and _answers(item)
    )
    return [
        {**item, name: page_text(text)}
        if name and text.lstrip().startswith("<") and (page_wrapped(text) or (from_page and block_wrapped(text)))
        else item
        for item, (name, text) in zip(items, texts, strict=True)
    ]


def _text(item: Any) -> tuple[str, str]:
    """The field that holds the text of an item, and the text; both empty where there is none."""
    if not isinstance(item, dict):
        return "", ""
    return next(((name, item[name]) for name in _TEXTS if isinstance(item.get(name), str)), ("", ""))


def _answers(item: dict[str, Any]) -> bool:
    name = item.get("from", item.get("role"))
    return isinstance(name, str) and role_of(name, "from") == "assistant"
