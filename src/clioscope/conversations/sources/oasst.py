"""OpenAssistant (oasst1 and oasst2 of 2023, exports of its ``oasst-data`` module): trees of messages.

A tree is one record with nested ``replies``, or lies in a table with one message per row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from clioscope.conversations.build import conversation_of, id_of, object_of
from clioscope.conversations.conversation import Conversation
from clioscope.conversations.formats import Context, source
from clioscope.conversations.messages.cells import cell
from clioscope.conversations.messages.content import RecordError, role_of
from clioscope.conversations.messages.turns import Turns

OTHER = "messages on branches of OpenAssistant trees that are not ranked best"
DELETED = "messages of OpenAssistant trees that were deleted"
_SKIP = ("message_id", "parent_id", "message_tree_id", "text", "role", "rank", "deleted", "prompt")


def matches(record: Any) -> bool:
    return (
        isinstance(record, dict)
        and "message_tree_id" in record
        and (isinstance(cell(record.get("prompt")), dict) or {"message_id", "role", "text"} <= record.keys())
    )


def thread(record: Any, context: Context) -> str:
    """The id of the tree. Raises RecordError where it has none."""
    tree_id = id_of(object_of(record), "message_tree_id")
    if tree_id is None:
        raise RecordError("message_tree_id: missing")
    return tree_id


@source(
    "oasst",
    about="OpenAssistant trees of messages, nested or one message per row",
    matches=matches,
    fields=("message_tree_id", "prompt", "message_id"),
    thread=thread,
)
def parse(record: Any, context: Context) -> Conversation:
    """One conversation per tree: from the prompt on, the best ranked reply to each message.

    Without ranks the first reply is taken. Deleted messages are not used; they and the other branches are counted
    as left out. The user is whoever wrote the prompt.
    """
    record = list(record)
    rows = [row for part in record for row in _rows(object_of(part))]
    ids = {id_of(row, "message_id") for row in rows} - {None}
    replies: dict[str | None, list[dict[str, Any]]] = {}
    for row in rows:
        parent = id_of(row, "parent_id")
        replies.setdefault(parent if parent in ids else None, []).append(row)
    path = _best(replies)
    if not path:
        raise RecordError("the prompt of the tree was deleted or has no text")
    deleted = sum(map(_deleted, rows))
    context.leave_out(DELETED, deleted)
    context.leave_out(OTHER, len(rows) - len(path) - deleted)
    turns = Turns()
    for place, row in enumerate(path):
        turns.add(role_of(row.get("role"), f"message {place + 1}.role"), row.get("text"), f"message {place + 1}.text")
    first = path[0]
    tree = object_of(record[0])
    return conversation_of(
        {**{name: value for name, value in tree.items() if name not in first}, **first},
        turns,
        context,
        source_id=thread(tree, context),
        user_id=first.get("user_id"),
        skip=_SKIP,
        place="user_id",
    )


def _rows(record: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The messages of a nested tree, in the order that they stand; a row is one already."""
    prompt = cell(record.get("prompt"))
    if not isinstance(prompt, dict):
        yield record
        return
    waiting = [(prompt, None)]
    while waiting:
        node, parent = waiting.pop()
        yield {name: value for name, value in node.items() if name != "replies"} | {"parent_id": parent}
        below = [reply for reply in node.get("replies") or () if isinstance(reply, dict)]
        waiting += [(reply, node.get("message_id")) for reply in reversed(below)]


def _best(replies: Mapping[str | None, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    path: list[dict[str, Any]] = []
    seen: set[str | None] = set()
    at: str | None = None
    while at not in seen:
        seen.add(at)
        usable = [row for row in replies.get(at, ()) if not _deleted(row) and isinstance(row.get("text"), str)]
        if not usable:
            break
        path.append(min(usable, key=_rank))
        at = id_of(path[-1], "message_id")
        if at is None:
            break
    return path


def _rank(row: Mapping[str, Any]) -> float:
    try:
        rank = float(row.get("rank"))  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return float("inf")
    return rank if rank == rank else float("inf")  # NaN, as tables write nothing


def _deleted(row: Mapping[str, Any]) -> bool:
    return str(row.get("deleted")).strip().lower() in ("true", "1")
