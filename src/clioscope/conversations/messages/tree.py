"""Conversations that are stored as trees: every message names its parent; edits and new answers are branches."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, TypeVar

ID_NAMES = ("uuid", "id", "message_id", "messageId", "_id")
PARENT_NAMES = (
    "parent_message_uuid",
    "parentUuid",
    "parent_id",
    "parentId",
    "parent_message_id",
    "parentMessageId",
    "parent_uuid",
    "parent",
    "previous_message_id",
    "previousMessageId",
)
REPLY_NAMES = ("reply_to_id", "replyToId", "reply_to", "replyTo", "in_reply_to", "inReplyTo")
LEAF_NAMES = (
    *(
        "current_leaf_message_uuid",
        "currentId",
        "current_node",
        "currNode",
        "leaf_id",
        "leafId",
        "leaf_uuid",
        "leafUuid",
    ),
    *("current_message_id", "currentMessageId", "current_leaf_id", "leaf_message_id", "leafMessageId"),
    *("active_message_id", "activeMessageId", "active_leaf_id", "activeLeafId", "selected_message_id"),
    *("selectedMessageId", "head_id", "headId"),
)
CHILDREN_NAMES = ("children", "childrenIds", "children_ids")
_GONE = ("deleted", "is_deleted", "isDeleted", "discarded", "is_discarded", "superseded", "is_superseded")
_CURRENT = ("is_active", "isActive", "is_current", "isCurrent")
_FLAGS = frozenset((*_GONE, *_CURRENT))
_LEAVES = frozenset(LEAF_NAMES)
_TELLING = _FLAGS.union(PARENT_NAMES, REPLY_NAMES, CHILDREN_NAMES)
BROKEN = "a message names a parent that is not there, so what stood before it could not be joined"
_NO_PARENT = frozenset(("00000000-0000-4000-8000-000000000000", "00000000-0000-0000-0000-000000000000"))
TIME_NAMES = ("created_at", "createdAt", "create_time", "timestamp", "created_date", "time")

K = TypeVar("K", bound=Hashable)


def branch(parents: Mapping[K, K | None], leaf: K | None, rank: Mapping[K, Any]) -> list[K]:
    """The keys from the root to ``leaf``, each the parent of the next.

    Without a usable ``leaf`` the end of a branch with the highest ``rank`` stands in (the newest, as a rule). A
    parent that is no key ends the walk; a loop is walked once. Linear in the number of keys.
    """
    if leaf is None or leaf not in parents:
        inner = set(parents.values())
        ends = [key for key in parents if key not in inner] or list(parents)  # a loop has no end
        leaf = max(ends, key=lambda key: rank[key], default=None)
    path: list[K] = []
    seen: set[K] = set()
    while leaf is not None and leaf in parents and leaf not in seen:
        seen.add(leaf)
        path.append(leaf)
        leaf = parents[leaf]
    return path[::-1]


def last_branch(items: Sequence[Any], leaf: object = None) -> list[Any]:
    """The messages of the branch that the user saw last, if messages name their parents; else all messages.

    ``leaf`` is the id of the last message of that branch, where the record names it. Else the branch with the newest
    end counts: the one with the latest time, or the last in the list where not all times are known.
    """
    names: set[str] = set()
    for item in items:
        if not isinstance(item, dict):
            return list(items)
        names.update(item)
    if names.isdisjoint(_TELLING):  # nearly all lists there are
        return list(items)
    items = _there(items)
    id_name, parent_name = _links(items)
    children_name = _name(items, CHILDREN_NAMES) if parent_name is None else None
    if children_name is not None:
        id_name = _name(items, ID_NAMES)
    if id_name is None or (parent_name is None and children_name is None):
        return list(items)
    # A message that an export wrote twice must not make the links useless.
    items = [item for at, item in enumerate(items) if not item.get(id_name) or item not in items[max(0, at - 3) : at]]
    places = {_key(item.get(id_name)) or f"\0{place}": place for place, item in enumerate(items)}
    if len(places) * 2 <= len(items):  # ids are not unique: the links cannot be trusted
        return list(items)
    if parent_name is not None:
        parents = {key: _key(items[place].get(parent_name)) for key, place in places.items()}
    else:
        above = {_key(child): key for key, place in places.items() for child in _children(items[place], children_name)}
        parents = {key: above.get(key) for key in places}
    if not any(parent in places for parent in parents.values()):
        return list(items)
    times = {key: _time(items[place]) for key, place in places.items()}
    known = all(times.values())  # one that cannot be read must not make its branch the oldest
    rank = {key: (times[key] if known else 0.0, place) for key, place in places.items()}
    return [items[places[key]] for key in branch(parents, _key(leaf), rank)]


def leaf_of(record: Mapping[str, Any]) -> object:
    """The id of the message that the user saw last, where a record names it; else None."""
    if _LEAVES.isdisjoint(record):
        return None
    return next((record[name] for name in LEAF_NAMES if record.get(name)), None)


def is_broken(items: Sequence[Any], chosen: Sequence[Any]) -> bool:
    """Whether the branch that was chosen begins in the middle: its first message names a parent that is not there.

    A parent that the very first message names as well is the root, which exports leave out.
    """
    parent_name = _links(items)[1] if chosen else None
    if parent_name is None:
        return False
    parent = _key(chosen[0].get(parent_name))
    if chosen[0] is items[0]:  # an answer without its question
        answers = str(chosen[0].get("role") or chosen[0].get("sender")).lower() in ("assistant", "model", "gpt", "ai")
        return answers and parent is not None and parent not in _NO_PARENT
    return parent is not None and parent not in _NO_PARENT and parent != _key(items[0].get(parent_name))


def oldest_first(items: list[Any]) -> list[Any]:
    """The messages from the oldest to the newest, where their times show that they are listed the other way round.

    Other lists come back unchanged. Some APIs list the newest first.
    """
    if len(items) < 2 or not isinstance(items[0], dict) or items[0].keys().isdisjoint(TIME_NAMES):
        return items
    if not all(isinstance(item, dict) for item in items) or not _time(items[0]) > _time(items[-1]) > 0:
        return items
    times = [_time(item) for item in items]
    falling = all(times) and all(after <= before for before, after in pairwise(times))
    return items[::-1] if falling else items


def _there(items: Sequence[Any]) -> list[Any]:
    """The messages without those that are marked as deleted or replaced."""
    if all(not isinstance(item, dict) or item.keys().isdisjoint(_FLAGS) for item in items):
        return list(items)
    replaced = any(_says(item, _CURRENT, ("true", "1")) for item in items)  # else the flag is about something else
    return [
        item
        for item in items
        if not _says(item, _GONE, ("true", "1")) and not (replaced and _says(item, _CURRENT, ("false", "0")))
    ]


def _says(item: object, names: Sequence[str], answers: tuple[str, ...]) -> bool:
    return isinstance(item, dict) and any(str(item[name]).lower() in answers for name in names if name in item)


def _children(item: Mapping[str, Any], name: str | None) -> list[Any]:
    children = item.get(name or "")
    return children if isinstance(children, list) and all(isinstance(child, str | int) for child in children) else []


def _links(items: Sequence[Any]) -> tuple[str | None, str | None]:
    """The fields that hold a message's own id and its parent's; None where there is none.

    A field for replies makes a tree only where every answer of the assistant has one: in group chats few do.
    """
    names: set[str] = set()
    for item in items:
        if not isinstance(item, dict):
            return None, None
        names.update(item)
    parent = None if names.isdisjoint(PARENT_NAMES) else _name(items, PARENT_NAMES)
    if parent is None and not names.isdisjoint(REPLY_NAMES):
        parent = _name(items, REPLY_NAMES)
        if parent is not None and any(not item.get(parent) for item in items[1:] if item.get("role") == "assistant"):
            parent = None
    return (None, None) if parent is None else (_name(items, ID_NAMES), parent)


def _name(items: Iterable[Any], names: Sequence[str]) -> str | None:
    """The first of the names that a message has."""
    present: set[str] = set()
    for item in items:
        present.update(name for name in names if item.get(name))
    return next((name for name in names if name in present), None)


def _key(value: object) -> str | None:
    """An id as text; None for what is none."""
    if isinstance(value, dict):
        value = value.get("$oid")
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, str) and value.endswith(".0") and value[:-2].isdigit():  # a column of numbers with gaps
        value = value[:-2]
    return str(value) if isinstance(value, str | int) and value != "" else None


def _time(item: Mapping[str, Any]) -> float:
    """When a message was written, in seconds; 0 where that is not known."""
    from clioscope.conversations.fields.dates import parse_date

    for name in TIME_NAMES:
        if item.get(name):
            try:
                moment = parse_date(item[name])
            except ValueError:
                continue
            return moment.timestamp() if moment is not None else 0.0
    return 0.0
