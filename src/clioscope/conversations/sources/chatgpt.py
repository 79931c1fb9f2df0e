"""The ChatGPT account export: ``conversations.json``, each conversation a tree of message nodes."""

from __future__ import annotations

import re
from typing import Any

from clioscope.conversations.build import conversation_of, object_of
from clioscope.conversations.conversation import Conversation
from clioscope.conversations.formats import Context, source
from clioscope.conversations.messages.content import RecordError, call_mark, flatten_content, kind, role_of
from clioscope.conversations.messages.tree import BROKEN, branch
from clioscope.conversations.messages.turns import Turns

# Custom instructions and memories stand in the tree as if the user had typed them; reasoning is no answer.
HIDDEN = {"user_editable_context", "model_editable_context", "thoughts", "reasoning_recap"}
# Marks of sources in answers: private characters around a key (2025 and later), or 【4†source】.
_CITED = re.compile("\ue200[^\ue200\ue201]{0,400}\ue201|【\\d{1,3}(?::\\d{1,3})?†[^】]{0,200}】")


def matches(record: Any) -> bool:
    return isinstance(record, dict) and isinstance(record.get("mapping"), dict)


@source(
    "chatgpt",
    about="ChatGPT account export (conversations.json or the zip)",
    matches=matches,
    fields=("mapping", "current_node", "conversation_id", "title"),
)
def parse(record: Any, context: Context) -> Conversation:
    """The thread that the user saw last: the path from ``current_node`` up to the root.

    An export belongs to one person but does not say so. All its conversations get the account of the file as user id,
    so that the export never counts as many users.
    """
    record = object_of(record)
    mapping = record.get("mapping")
    if not isinstance(mapping, dict):
        raise RecordError(f"mapping: expected an object, found {kind(mapping)}")
    path = _path(mapping, record.get("current_node"))
    turns = Turns(turn for node in path if (turn := _turn(node)) is not None)
    on_path = {id(node) for node in path}
    turns.abandoned = sum(_is_said(node) for node in mapping.values() if id(node) not in on_path)
    if turns.abandoned and _is_broken(mapping, path[0]):
        turns.lose("user", BROKEN)
    return conversation_of(
        record,
        turns,
        context,
        source_id=record.get("conversation_id") or record.get("id"),
        user_id=f"chatgpt account {context.account}".strip(),
        created_at=record.get("create_time"),
        skip=("id", "conversation_id", "create_time", "current_node"),
        place="the account of the export",
    )


def _path(mapping: dict[str, Any], leaf: Any) -> list[dict[str, Any]]:
    """Nodes from the root to ``leaf``; without a usable leaf, to the newest message that ends a branch."""
    for key, node in mapping.items():
        if not isinstance(node, dict):
            raise RecordError(f"mapping.{key[:40]}: expected an object, found {kind(node)}")
    parents = {key: _parent(node) for key, node in mapping.items()}
    times = {key: _time(node) for key, node in mapping.items()}
    known = all(times[key] for key in mapping.keys() - set(parents.values()))  # of the ends of all branches
    rank = {key: (times[key] if known else 0.0, place) for place, key in enumerate(mapping)}
    return [mapping[key] for key in branch(parents, leaf if isinstance(leaf, str) else None, rank)]


def _is_broken(mapping: dict[str, Any], top: dict[str, Any]) -> bool:
    """Whether a branch begins in the middle: its top names a parent that is not there and that no other node names."""
    parent = _parent(top)
    return (
        parent is not None and parent not in mapping and sum(_parent(node) == parent for node in mapping.values()) == 1
    )


def _parent(node: dict[str, Any]) -> str | None:
    """The key of the node above; None where there is none, or something that is no key."""
    parent = node.get("parent")
    return parent if isinstance(parent, str) else None


def _is_said(node: dict[str, Any]) -> bool:
    """Whether a node is a message of the user or an answer to all."""
    turn = _turn(node)
    return turn is not None and bool(turn[1].strip()) and turn[0] in ("user", "assistant")


def _time(node: dict[str, Any]) -> float:
    message = node.get("message")
    time = message.get("create_time") if isinstance(message, dict) else None
    return float(time) if isinstance(time, int | float) else 0.0


def _turn(node: dict[str, Any]) -> tuple[str, str] | None:
    """(role, text) of a node, or None where it holds nothing that the user saw."""
    message = node.get("message")
    if message is None:
        return None
    message = object_of(message)
    author, content, extra = (message.get(name) or {} for name in ("author", "content", "metadata"))
    if not isinstance(author, dict) or not isinstance(content, dict):
        raise RecordError(f"mapping.{str(node.get('id'))[:40]}: author and content must be objects")
    extra = extra if isinstance(extra, dict) else {}
    type_ = content.get("content_type")
    if type_ in HIDDEN or extra.get("is_visually_hidden_from_conversation"):
        return None
    role = role_of(author.get("role"), "author.role")
    recipient = message.get("recipient") or "all"
    if role == "assistant" and recipient != "all":
        return role, call_mark(recipient)
    field = f"content of message {str(message.get('id'))[:40]}"
    text = flatten_content(content.get("parts", content.get("text", content.get("result"))), field)
    text = _CITED.sub("", text)
    attachments = extra.get("attachments")
    for attached in attachments if isinstance(attachments, list) else ():
        # Images stand among the parts already.
        if isinstance(attached, dict) and not str(attached.get("mime_type") or attached.get("mimeType")).startswith(
            "image"
        ):
            text += "\n[file: name omitted]"
    return role, text
