"""OpenAssistant (oasst1, oasst2): message trees, nested (``prompt`` with ``replies``) or as rows of messages."""

from __future__ import annotations

from typing import Any

from clioscope.conversations.build import ABANDONED, conversation_of, object_of
from clioscope.conversations.content import NoConversation, RecordError, role_of
from clioscope.conversations.conversation import Conversation
from clioscope.conversations.formats import Context, source
from clioscope.conversations.messages import Turns

_DELETED = "messages that were deleted"


def matches(record: Any) -> bool:
    if not isinstance(record, dict):
        return False
    nested = isinstance(record.get("prompt"), dict) and "text" in record["prompt"]
    return nested or {"message_id", "parent_id", "message_tree_id", "text", "role"} <= record.keys()


def thread(record: Any, context: Context) -> str:
    """The tree that a record is, or is part of."""
    record = object_of(record)
    key = record.get("message_tree_id") or record.get("message_id")
    if not isinstance(key, str) or not key:
        raise RecordError("message_tree_id: expected text")
    return key


@source(
    "oasst",
    about="OpenAssistant trees, nested or as message rows: the best-ranked branch",
    matches=matches,
    fields=("message_tree_id", "message_id", "parent_id", "text", "role"),
    thread=thread,
)
def parse(record: Any, context: Context) -> Conversation:
    """From the prompt the best-ranked reply at each step (without ranks the first); the user is the prompter."""
    messages = [one for row in record for one in _flat(object_of(row), None)]
    replies: dict[str | None, list[dict[str, Any]]] = {}
    known = {one.get("message_id") for one in messages}
    for one in messages:
        parent = one.get("parent_id")
        replies.setdefault(parent if parent in known else None, []).append(one)
    deleted = sum(bool(one.get("deleted")) for one in messages)
    chosen: list[dict[str, Any]] = []
    step = _best(replies.get(None, []))
    while step is not None and len(chosen) < len(messages):
        chosen.append(step)
        step = _best(replies.get(step.get("message_id"), []))
    if deleted:
        context.leave_out(_DELETED, deleted)
    if len(messages) - deleted > len(chosen):
        context.leave_out(ABANDONED, len(messages) - deleted - len(chosen))
    if not chosen:
        raise NoConversation("trees whose prompt was deleted")
    turns = Turns((role_of(one.get("role"), "role"), str(one.get("text") or "")) for one in chosen)
    first = chosen[0]
    return conversation_of(
        first,
        turns,
        context,
        skip=("text", "role", "parent_id", "message_tree_id", "replies"),
        source_id=first.get("message_tree_id") or first.get("message_id"),
        user_id=first.get("user_id"),
        created_at=first.get("created_date"),
    )


def _flat(message: dict[str, Any], parent: object) -> list[dict[str, Any]]:
    """The messages of a nested tree, each with its parent; a row is itself."""
    if isinstance(message.get("prompt"), dict):
        message = {**message["prompt"], "message_tree_id": message.get("message_tree_id")}
    if "replies" not in message:
        return [message if parent is None else {**message, "parent_id": parent}]
    flat: list[dict[str, Any]] = []
    stack = [(message, parent)]
    while stack:  # trees may be deeper than Python's recursion
        one, above = stack.pop()
        flat.append({**one, "parent_id": above})
        below = one.get("replies")
        stack += [(reply, one.get("message_id")) for reply in reversed(below or []) if isinstance(reply, dict)]
    return flat


def _best(among: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The best-ranked of the replies that were not deleted; the first of equals."""
    there = [one for one in among if not one.get("deleted")]
    return min(there, key=_rank, default=None)


def _rank(message: dict[str, Any]) -> float:
    rank = message.get("rank")
    return float(rank) if isinstance(rank, int | float) else float("inf")
