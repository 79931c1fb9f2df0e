"""Conversations that are stored as trees: every message names its parent; edits and new answers are branches."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

ID_NAMES = ("uuid", "id", "message_id", "messageId", "_id")
PARENT_NAMES = (
    "parent_message_uuid",
    "parentUuid",
    "parent_id",
    "parentId",
    "parent_message_id",
    "parentMessageId",
    "parent",
)
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
    """Of messages that name their parents, those of the branch that the user saw last; of others, all.

    ``leaf`` is the id of its last message, where the record names it. The newest end of a branch is the one with
    the latest time where all times are known, then the last in the list. Messages without any link among them come
    back as they are.
    """
    names: set[str] = set()
    for item in items:
        if not isinstance(item, dict):
            return list(items)
        names.update(item)
    if names.isdisjoint(PARENT_NAMES):
        return list(items)
    id_name, parent_name = _name(items, ID_NAMES), _name(items, PARENT_NAMES)
    if id_name is None or parent_name is None:
        return list(items)
    places = {_key(item.get(id_name)) or f"\0{place}": place for place, item in enumerate(items)}
    if len(places) < len(items):  # ids are not unique: the links cannot be trusted
        return list(items)
    parents = {key: _key(items[place].get(parent_name)) for key, place in places.items()}
    if not any(parent in places for parent in parents.values()):
        return list(items)
    times = {key: _time(items[place]) for key, place in places.items()}
    known = all(times.values())  # one that cannot be read must not make its branch the oldest
    rank = {key: (times[key] if known else 0.0, place) for key, place in places.items()}
    return [items[places[key]] for key in branch(parents, _key(leaf), rank)]


def _name(items: Iterable[Any], names: Sequence[str]) -> str | None:
    """The first of the names that a message has."""
    found: set[str] = set()
    for item in items:
        found.update(name for name in names if item.get(name))
    return next((name for name in names if name in found), None)


def _key(value: object) -> str | None:
    """An id as text; None for what is none."""
    if isinstance(value, dict):
        value = value.get("$oid")
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
