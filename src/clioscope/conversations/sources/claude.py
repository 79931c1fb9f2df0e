"""The Claude account export: ``conversations.json``, ``chat_messages`` of ``{sender, text, content[]}``."""

from __future__ import annotations

from typing import Any

from clioscope.conversations.build import conversation_of, list_of, object_of
from clioscope.conversations.conversation import Conversation
from clioscope.conversations.formats import Context, source
from clioscope.conversations.messages.content import RecordError, kind, role_of
from clioscope.conversations.messages.tree import last_branch
from clioscope.conversations.messages.turns import Turns


def matches(record: Any) -> bool:
    return isinstance(record, dict) and isinstance(record.get("chat_messages"), list)


@source(
    "claude",
    about="Claude account export (conversations.json or the zip)",
    matches=matches,
    fields=("uuid", "chat_messages", "account"),
)
def parse(record: Any, context: Context) -> Conversation:
    """The branch that the user saw last: exports of 2026 name each message's parent, and keep what edits left behind.

    The user id is that of the account, or that of the file where there is none, since an export belongs to one person.
    """
    record = object_of(record)
    items = list_of(record, "chat_messages")
    account = record.get("account")
    user = account.get("uuid") if isinstance(account, dict) else None
    chosen = last_branch(items, record.get("current_leaf_message_uuid"))
    turns = Turns()
    turns.leave(items, chosen)
    for index, item in enumerate(chosen):
        _add(turns, item, f"chat_messages[{index}]")
    return conversation_of(
        record,
        turns,
        context,
        source_id=record.get("uuid"),
        user_id=user or f"claude account {context.account}".strip(),
        created_at=record.get("created_at"),
        skip=("current_leaf_message_uuid", "summary"),
        place="the account of the export",
    )


def _add(turns: Turns, item: Any, field: str) -> None:
    """Add a message. ``content`` wins over ``text``, which older exports have alone and newer ones garble.

    A long paste is stored as an attachment; where a message holds nothing else, its text is the message.
    """
    if not isinstance(item, dict):
        raise RecordError(f"{field}: expected an object, found {kind(item)}")
    role = role_of(item.get("sender"), f"{field}.sender")
    parts = item.get("content")
    said = Turns()
    if isinstance(parts, list):
        said.add(role, parts, f"{field}.content")
    if not any(text.strip() for _, text in said):
        said = Turns()
        said.add(role, item.get("text"), f"{field}.text")
    turns.flaws += said.flaws
    turns.lost += said.lost
    text = said.pop()[1] if said and said[-1][0] == role else ""
    for name in ("attachments", "files"):
        listed = item.get(name)
        for attached in listed if isinstance(listed, list) else ():
            pasted = attached.get("extracted_content") if isinstance(attached, dict) else None
            text = pasted if not text.strip() and isinstance(pasted, str) else f"{text}\n[file: name omitted]"
    turns.extend(said)
    turns.append((role, text))
