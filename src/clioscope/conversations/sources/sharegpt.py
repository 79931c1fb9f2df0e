"""ShareGPT: ``id`` and ``conversations`` (or ``items``, ``conversation``) of ``{from: human|gpt|…, value}``.

It also reads relatives: ``{role, content}``, pairs (``{human, assistant}``, ``[question, answer]``), texts in turn, all
of these as JSON text in a cell, and values that are the HTML of a chat page.
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

FIELDS = (
    "conversations",
    "items",
    "conversation",
    "dialog",
    "dialogue",
    "dialogs",
    "messages",
    "chat",
    "turns",
    "data",
    "utterances",
)
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
    """The turns of the conversation. HTML becomes text where the whole value is what a page showed; HTML that is part
    of a message stays."""
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
    """The field that holds the turns: messages with a speaker, or pairs or texts in turn.

    Names that stand for lists of anything hold no texts in turn, but for UltraChat's ``{id, data}``.
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
        if name == "items" or (name in ("messages", "chat", "turns") and isinstance(first, str)):
            continue
        if name == "data" and not (record.keys() <= {"id", "data"} and len(turns) > 1):  # UltraChat alone
            continue
        if exchanges(turns) is not None:
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

    Bare paragraphs (``<p>…</p>``) may be code that somebody shows. So they count as a page only where all answers of
    the conversation are HTML, and, if there is only one answer, the conversation is not about HTML.
    """
    texts = [_text(item) for item in items]
    if not any(text.lstrip().startswith("<") for _, text in texts):
        return items
    pairs = list(zip(items, texts, strict=True))
    answers = [text for item, (name, text) in pairs if name and _answers(item)]
    asked = [text for item, (_, text) in pairs if not _answers(item) and not block_wrapped(text)]
    about = any("html" in text.lower() or "</" in text for text in asked)
    as_shown = bool(answers) and all(page_wrapped(text) or block_wrapped(text) for text in answers)
    from_page = as_shown and (len(answers) > 1 or not about)
    return [
        {**item, name: page_text(text)}
        if name and text.lstrip().startswith("<") and (page_wrapped(text) or (from_page and block_wrapped(text)))
        else item
        for item, (name, text) in pairs
    ]


def _text(item: Any) -> tuple[str, str]:
    """The field that holds the text of an item, and the text; both empty where there is none."""
    if not isinstance(item, dict):
        return "", ""
    return next(((name, item[name]) for name in _TEXTS if isinstance(item.get(name), str)), ("", ""))


def _answers(item: Any) -> bool:
    name = item.get("from", item.get("role")) if isinstance(item, dict) else None
    return isinstance(name, str) and role_of(name, "from") == "assistant"
