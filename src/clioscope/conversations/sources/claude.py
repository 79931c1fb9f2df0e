"""The Claude account export: ``conversations.json``, ``chat_messages`` of ``{sender, text, content[]}``."""

from __future__ import annotations

from typing import Any

from clioscope.conversations.build import flat_fields, list_of, make_conversation, object_of
from clioscope.conversations.content import RecordError, flatten_content, kind, role_of
from clioscope.conversations.conversation import Conversation
from clioscope.conversations.formats import Context, source


def matches(record: Any) -> bool:
    return isinstance(record, dict) and isinstance(record.get("chat_messages"), list)


@source("claude", about="Claude account export (conversations.json or the zip)", matches=matches)
def parse(record: Any, context: Context) -> Conversation:
    """The user id is the account's; without one, the file's (an export is one person's)."""
    record = object_of(record)
    items = list_of(record, "chat_messages")
    account = record.get("account")
    user = account.get("uuid") if isinstance(account, dict) else None
    return make_conversation(
        [_turn(item, f"chat_messages[{index}]") for index, item in enumerate(items)],
        source_id=record.get("uuid"),
        user_id=user or f"claude account {context.account}".strip(),
        created_at=record.get("created_at"),
        metadata=flat_fields(record, ("uuid", "created_at")),
    )


def _turn(item: Any, field: str) -> tuple[str, str]:
    """(role, text). ``content`` wins over ``text``, which older exports have alone and newer ones garble.

    A long paste is stored as an attachment; where a message holds nothing else, its text is the message.
    """
    if not isinstance(item, dict):
        raise RecordError(f"{field}: expected an object, found {kind(item)}")
    role = role_of(item.get("sender"), f"{field}.sender")
    parts = item.get("content")
    text = flatten_content(parts, f"{field}.content") if isinstance(parts, list) else ""
    if not text.strip():
        text = flatten_content(item.get("text"), f"{field}.text")
    for name in ("attachments", "files"):
        for attached in item.get(name) or ():
            pasted = attached.get("extracted_content") if isinstance(attached, dict) else None
            text = pasted if not text.strip() and isinstance(pasted, str) else f"{text}\n[file: name omitted]"
    return role, text
