"""Gemini in Google Takeout (2024 to 2026): ``My Activity/Gemini Apps/MyActivity.json``, one activity per record.

The title of a prompt is a phrase of Google ("Prompted ", in the language of the account) and what the user wrote; the
answer is HTML. Exports of Gemini in Workspace have whole conversations (``conversation_turns``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile
from pathlib import PurePosixPath
from typing import Any

from clioscope.conversations.build import conversation_of, object_of
from clioscope.conversations.conversation import Conversation
from clioscope.conversations.formats import Context, source
from clioscope.conversations.messages.content import NoConversation, RecordError, kind
from clioscope.conversations.messages.html_text import html_to_text
from clioscope.conversations.messages.turns import Turns

OTHER = "activities of Gemini Apps that are no prompt"
ELSEWHERE = "activities of other Google products"
DELETED = "turns of Gemini conversations that were deleted"
_ASKED = re.compile(  # seen in exports of English, German and Japanese accounts; those of other languages are learnt
    r"(?:Prompted with:|Asked Gemini:|Asked Bard:|Prompted|Asked|Said|Branched|Answered|Eingegebener Prompt:|"
    r"送信したメッセージ[:：])(?:\s+|\Z)"
)
_DONE = re.compile(
    r"(?:Created|Used|Added|Gave|Selected|Shared|Deleted|Viewed|Visited|Searched|Edited|Pinned|Renamed|Exported|Updated"
    r"|Turned|Watched|Listened|Opened|Generated|Started|Saved|Removed)\s"
)
_ATTACHED = re.compile(r"(?:^|\s+)(?:Attached (\d+) files?|(\d+) Datei(?:en)? angehängt)\.?\s*\Z")
_IMAGES = frozenset((".png", ".jpg", ".jpeg", ".gif", ".webp", ".heic", ".bmp", ".svg"))
LEARNT = "gemini_takeout.phrase"
ENOUGH = 4  # answered titles in an unknown language that show what they begin with


def matches(record: Any) -> bool:
    if not isinstance(record, dict):
        return False
    if isinstance(record.get("conversation_turns"), list):
        return True
    return isinstance(record.get("title"), str) and "time" in record and _is_gemini(record)


def prepare(first: Sequence[Any], context: Context, name: str) -> None:
    """Learn the phrase around the prompts of an account in another language, from what all answered titles share."""
    titles = [
        record["title"]
        for record in first
        if matches(record) and record.get("safeHtmlItem") and not _ASKED.match(record["title"])
    ]
    titles = [title for title in titles if not _DONE.match(title)]
    if len(set(titles)) >= ENOUGH:
        before = re.match(r"(?s).*[\s:：]", _common(titles))
        after = re.search(r"\s.*\w.*", _common([title[::-1] for title in titles])[::-1])
        if before or after:
            context.memory[LEARNT] = (before[0] if before else "", after[0] if after and not before else "")


@source(
    "gemini_takeout",
    about="Google Takeout of Gemini Apps (MyActivity.json)",
    matches=matches,
    fields=("header", "title", "time", "products", "safeHtmlItem"),
    prepare=prepare,
)
def parse(record: Any, context: Context) -> Conversation:
    """Each prompt with its answer is a conversation, since the export does not say which belong together.

    Other activities are no conversations and are counted. All prompts belong to one person, the account of the export.
    """
    record = object_of(record)
    flaws: list[str] = []
    if isinstance(record.get("conversation_turns"), list):
        turns = _turns(record["conversation_turns"], context)
    elif not _is_gemini(record):
        raise NoConversation(ELSEWHERE)
    else:
        turns = _activity(record, context, flaws)
    return conversation_of(
        record,
        turns,
        context,
        user_id=f"gemini account {context.account}".strip(),
        created_at=record.get("time") or record.get("creation_time"),
        skip=("title", "titleUrl", "time", "header", "imageFile", "creation_time", "last_modification_time"),
        flaws=flaws,
        place="the account of the export",
    )


def is_activity(record: Any) -> bool:
    """Whether a record is an activity of Gemini Apps, whose title begins with words of Google."""
    return matches(record) and "title" in record


def _common(texts: list[str]) -> str:
    """What all texts begin with."""
    return "".join(
        letters[0] for letters in takewhile(lambda letters: len(set(letters)) == 1, zip(*texts, strict=False))
    )


def _is_gemini(record: dict[str, Any]) -> bool:
    products = record.get("products")
    named = [record.get("header"), *(products if isinstance(products, list) else ())]
    products = [product.lower() for product in named if isinstance(product, str)]
    return any("gemini" in product or product == "bard" for product in products)


def _activity(record: dict[str, Any], context: Context, flaws: list[str]) -> Turns:
    details = _details(record)
    answer = _answer(record.get("safeHtmlItem")) or details[1]
    asked = details[0] or _prompt(record, bool(answer), context, flaws)
    marks = _marks(record)
    told = _ATTACHED.search(asked)
    if told is not None:
        asked = asked[: told.start()]
        marks = marks or ["[file: name omitted]"] * min(int(told[1] or told[2]), 20)
    turns = Turns()
    turns.say("user", "\n".join([asked, *marks]).strip())
    turns.say("assistant", answer)
    return turns


def _prompt(record: dict[str, Any], answered: bool, context: Context, flaws: list[str]) -> str:
    """What the user wrote: the title without Google's phrase. Raises NoConversation for another activity."""
    title = record.get("title")
    if not isinstance(title, str):
        raise RecordError(f"title: expected text, match {kind(title)}")
    match = _ASKED.match(title)
    if match is not None:
        return title[match.end() :]
    phrase = context.memory.get(LEARNT)
    if isinstance(phrase, tuple) and title.startswith(phrase[0].rstrip()) and title.endswith(phrase[1]):
        return title.removesuffix(phrase[1])[len(phrase[0]) :]
    if not answered or phrase is not None or _DONE.match(title):
        raise NoConversation(OTHER)
    flaws.append("title: it does not begin with a known phrase of Google's, so all of it is taken as the prompt")
    return title


def _details(record: dict[str, Any]) -> tuple[str, str]:
    """Request and response where an activity has them by name."""
    listed = record.get("details")
    details = {
        str(detail.get("name")).strip().lower(): detail["value"]
        for detail in (listed if isinstance(listed, list) else ())
        if isinstance(detail, dict) and isinstance(detail.get("value"), str)
    }
    return details.get("request", ""), details.get("response", "")


def _answer(items: Any) -> str:
    listed = items if isinstance(items, list) else [items]
    pieces = [piece.get("html") or piece.get("htmlValue") for piece in listed if isinstance(piece, dict)]
    return "\n\n".join(html_to_text(piece) for piece in pieces if isinstance(piece, str))


def _marks(record: dict[str, Any]) -> list[str]:
    """One mark per file that was sent along; their names are the user's and are left out."""
    files: dict[str, None] = {}
    for name in ("attachedFiles", "imageFile", "audioFiles"):
        value = record.get(name)
        files.update(dict.fromkeys(str(name) for name in (value if isinstance(value, list) else [value]) if name))
    return ["[image]" if PurePosixPath(file).suffix.lower() in _IMAGES else "[file: name omitted]" for file in files]


def _turns(items: list[Any], context: Context) -> Turns:
    """The turns of a conversation of Gemini in Workspace; the model's thoughts are left out."""
    turns = Turns()
    for index, item in enumerate(items):
        item = object_of(item)
        user, model = item.get("user_turn"), item.get("system_turn")
        if not isinstance(user, dict) and not isinstance(model, dict):
            raise RecordError(f"conversation_turns[{index}]: neither user_turn nor system_turn")
        if any(isinstance(turn, dict) and turn.get("turn_deleted_time") for turn in (user, model)):
            context.leave_out(DELETED)
            continue
        if isinstance(user, dict):
            turns.add("user", user.get("prompt"), f"conversation_turns[{index}].user_turn.prompt")
        if isinstance(model, dict):
            pieces = [piece for piece in model.get("text") or () if isinstance(piece, dict)]
            cards = [card for piece in pieces for card in piece.get("cards") or () if isinstance(card, dict)]
            said = [*(piece.get("data") for piece in pieces), *(card.get("content") for card in cards)]
            turns.say("assistant", "\n".join(text for text in said if isinstance(text, str)))
    return turns
