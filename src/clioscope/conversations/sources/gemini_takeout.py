"""Google Takeout of Gemini Apps: ``My Activity/Gemini Apps/MyActivity.json``, one activity a record, 2024 to 2026."""

from __future__ import annotations

import re
from typing import Any

from clioscope.conversations.build import conversation_of, object_of
from clioscope.conversations.content import NoConversation, RecordError, kind
from clioscope.conversations.conversation import Conversation
from clioscope.conversations.formats import Context, source
from clioscope.conversations.html_text import html_text
from clioscope.conversations.messages import Turns

# What Takeout writes before the words of the user, and before other activities.
_SAID = ("Prompted with: ", "Asked Gemini: ", "Asked Bard: ", "Prompted ", "Asked ", "Said ", "Answered ", "Branched ")
_OTHER = re.compile(
    r"(Created|Used|Added|Gave|Selected|Shared|Deleted|Viewed|Visited|Searched|Edited|Pinned|Renamed|Exported|Updated)\b"
)
_ATTACHED = re.compile(r"\s*Attached \d+ files?\.?\s*\Z")
UNKNOWN = "title: what Takeout puts before a prompt is not known in this language, so the whole title is taken"


def matches(record: Any) -> bool:
    if not isinstance(record, dict) or not isinstance(record.get("title"), str) or "time" not in record:
        return False
    products = record.get("products")
    named = [record.get("header"), *(products if isinstance(products, list) else ())]
    return any(isinstance(name, str) and ("gemini" in name.lower() or "bard" in name.lower()) for name in named)


@source(
    "gemini_takeout",
    about="Google Takeout of Gemini Apps (MyActivity.json or the zip)",
    matches=matches,
    fields=("header", "title", "time", "products"),
)
def parse(record: Any, context: Context) -> Conversation:
    """One prompt and its answer; Takeout does not say which prompts belong to one conversation.

    Other activities are no conversations. All prompts get the account of the file as user, as in other exports.
    """
    record = object_of(record)
    title = record.get("title")
    if not isinstance(title, str):
        raise RecordError(f"title: expected text, found {kind(title)}")
    if not matches(record):
        raise NoConversation("activities of other products")
    other = _OTHER.match(title)
    if other is not None:
        raise NoConversation(f"activities that are no prompts ({other[1]} …)")
    answer = _answer(record)
    prefix = next((prefix for prefix in _SAID if title.startswith(prefix)), None)
    if prefix is None and not answer:
        raise NoConversation("activities that are no prompts")
    asked = _ATTACHED.sub("", title.removeprefix(prefix or ""))
    turns = Turns([("user", f"{asked}\n[file: name omitted]" if asked != title.removeprefix(prefix or "") else asked)])
    if answer:
        turns.append(("assistant", answer))
    return conversation_of(
        record,
        turns,
        context,
        skip=("title", "titleUrl", "header", "time"),
        user_id=f"gemini account {context.account}".strip(),
        created_at=record.get("time"),
        flaws=() if prefix is not None else (UNKNOWN,),
        place="the account of the export",
    )


def _answer(record: dict[str, Any]) -> str:
    items = record.get("safeHtmlItem")
    items = items if isinstance(items, list) else [items]
    texts = [item.get("html") or item.get("htmlValue") for item in items if isinstance(item, dict)]
    return "\n".join(html_text(text) for text in texts if isinstance(text, str)).strip()
