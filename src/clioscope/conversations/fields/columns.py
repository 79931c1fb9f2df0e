"""The fields of a record that hold its id, its user and its date: those that were named, or recognised by name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from clioscope.conversations.fields.dates import is_nothing
from clioscope.conversations.fields.ids import NOBODY, plain_id
from clioscope.conversations.fields.names import (
    ANSWERS,
    HOLDERS,
    LATE,
    LOOKS,
    PEOPLE,
    RANKS,
    ROLES,
    SPOKEN,
    THINGS,
    Kind,
    normal,
)

__all__ = ["Columns", "Fields", "Kind", "describe", "normal", "plain_id"]

LONGEST = 200  # characters; longer text is no id and no date
SHAPES = 4096  # sets of names whose plans are kept

_KINDS: tuple[Kind, ...] = ("id", "user", "date")
_NO_PERSON = NOBODY | ROLES
_DATE_KEYS = frozenset(("date", "numberLong", "timestamp", "seconds", "value"))
_ZONE = re.compile(r"[(\[]\s*(UTC|MSK|МСК|[A-Z]{1,4}[TZ]|(?:UTC|GMT)?\s?[+-]\d{1,2}(?::?\d\d)?)\s*[)\]]")
_CLOCK = re.compile(r"\s*\d{1,2}:\d\d(:\d\d)?(\s?[AaPp][Mm])?\s*")  # a column "Time" beside a column "Date"
_FIGURES = re.compile(r"[\d.,\s]*")

_Step = tuple[str, str]  # a field, and how it is looked at


class Fields(NamedTuple):
    """Id, user and date of a record, unchanged, each with the name of its field; None where there is none."""

    id_name: str | None
    id_value: object
    user_name: str | None
    user_value: object
    date_name: str | None
    date_value: object


class Columns:
    """The columns that hold ids, users and dates. A column that is not named is recognised by name in each record.

    ``used`` counts the records per kind and column. A named column may be a path with dots (``metadata.user_id``).
    """

    def __init__(self, id: str | None = None, user: str | None = None, date: str | None = None) -> None:
        self.named: dict[Kind, str | None] = {"id": id, "user": user, "date": date}
        self.used: dict[Kind, Counter[str]] = {kind: Counter() for kind in _KINDS}
        self._found: set[str] = set()
        self._plans: dict[tuple[str, ...], tuple[tuple[_Step, ...], ...]] = {}

    def of(self, record: Mapping[str, Any]) -> Fields:
        """The first field of each kind, in order of preference, whose value says something."""
        names = tuple(record)
        plans = self._plans.get(names)
        if plans is None:
            if len(self._plans) >= SHAPES:
                self._plans.clear()
            plans = self._plans[names] = tuple(tuple(self._plan(kind, names)) for kind in _KINDS)
        ids, users, dates = plans
        id_name, id_value = self._first("id", ids, record)
        user_name, user_value = self._first("user", users, record)
        date_name, date_value = self._first("date", dates, record)
        return Fields(id_name, id_value, user_name, user_value, date_name, date_value)

    def instead(self, kind: Kind, told: str | None, taken: str) -> None:
        """Count that a format's own field was taken instead of the recognised one."""
        if told is not None:
            self.used[kind][told] -= 1
            self.used[kind] += Counter()  # without what is zero
        self.used[kind][taken] += 1

    def take(self, other: Columns) -> None:
        """Add the counts of other records."""
        for kind, used in other.used.items():
            self.used[kind] += used
        self._found |= other._found

    def missing(self) -> list[str]:
        """The named columns that no record had."""
        return [name for name in self.named.values() if name is not None and name not in self._found]

    def _first(self, kind: Kind, plan: tuple[_Step, ...], record: Mapping[str, Any]) -> tuple[str | None, object]:
        for name, how in plan:
            value: object
            if how == "plain":
                value = record[name]
                if not _says(kind, value, how):
                    continue
            elif how == "named":
                return self._named(kind, name, record)
            else:
                inner = _found(kind, name, record[name], how)
                if inner is None:
                    continue
                name, value = inner
            self.used[kind][name] += 1
            return name, value
        return None, None

    def _named(self, kind: Kind, named: str, record: Mapping[str, Any]) -> tuple[str | None, object]:
        reached = _walk(record, named)
        if reached is None:
            return None, None
        self._found.add(named)
        value = reached[0]
        if is_nothing(value):
            return named, None
        self.used[kind][named] += 1
        return named, _with_zone(named, value) if kind == "date" else value

    def _plan(self, kind: Kind, names: tuple[str, ...]) -> Iterator[_Step]:
        """Fields of the record, then objects to look into, then both again for late dates."""
        named = self.named[kind]
        if named is not None:
            yield named, "named"
            return
        normals = {name: normal(name) for name in names if isinstance(name, str)}
        spoken = SPOKEN if ANSWERS.intersection(normals.values()) else frozenset()
        ranks = RANKS[kind]
        ranked = sorted(
            (ranks[plain], place, name) for place, (name, plain) in enumerate(normals.items()) if plain in ranks
        )
        holders = [name for name, plain in normals.items() if plain in HOLDERS[kind]]
        for rank, _, name in ranked:
            if rank < LATE:
                yield name, "spoken" if normals[name] in spoken else _how(kind, name)
        yield from ((name, "early") for name in holders)
        yield from ((name, _how(kind, name)) for rank, _, name in ranked if rank >= LATE)
        if kind == "date":
            yield from ((name, "late") for name in holders)


def describe(columns: Columns, distinct_users: int, dates: int, total: int) -> str:
    """One line: ``users: column 'Requester id', 12 distinct; dates: column 'Created at', 58 of 60``."""
    users = ", ".join(part for part in (_listed(columns.used["user"]), f"{distinct_users:,} distinct") if part)
    dated = ", ".join(part for part in (_listed(columns.used["date"]), f"{dates:,} of {total:,}") if part)
    return f"users: {users if distinct_users else 'none'}; dates: {dated if dates else 'none'}"


def _listed(used: Counter[str]) -> str:
    """``column 'a'``, or the three that were used most with their numbers."""
    if not used:
        return ""
    if len(used) == 1:
        name = next(iter(used))[:60]
        return name if name.startswith("the ") else f"column {name!r}"  # "the account of the export" is no column
    shown = ", ".join(f"{name[:60]!r} ({number:,})" for name, number in used.most_common(3))
    return f"columns {shown}" + (", …" if len(used) > 3 else "")


def _how(kind: Kind, name: str) -> str:
    """How a field of that name is looked at."""
    if kind == "date":
        return "zoned" if _ZONE.search(name) else "plain"
    return LOOKS.get(normal(name), "plain")


def _found(kind: Kind, name: str, value: object, how: str) -> tuple[str, object] | None:
    """The name and value of a field, or of a field inside it, that says something."""
    if how == "early" or how == "late":
        return _inside(kind, name, value, how == "late")
    if not _says(kind, value, how):
        return None
    return name, _with_zone(name, value) if how == "zoned" else value


def _says(kind: Kind, value: object, how: str) -> bool:
    """Whether a value can be an id, a user or a date: no list, no true/false, no long text, no empty object."""
    if type(value) is str:
        size = len(value)
        if size > LONGEST or not size or (size < 12 and is_nothing(value)) or value.isspace():
            return False
        if kind == "date":
            return size > 11 or _CLOCK.fullmatch(value) is None
        if kind == "user" and (how == "spoken" or value[-1] == "?" or value.strip().casefold() in _NO_PERSON):
            return False
        return "\n" not in value.strip() and (how == "plain" or _fits(value.strip(), how))
    if type(value) is int:
        return True
    if is_nothing(value) or isinstance(value, list | bool):
        return False
    if isinstance(value, Mapping):
        if kind == "date":
            return any(isinstance(name, str) and name.lstrip("_$") in _DATE_KEYS for name in value)
        try:
            return plain_id(value) is not None
        except ValueError:
            return False
    return True


def _fits(text: str, how: str) -> bool:
    """Whether the text of a field whose name says little looks like an id."""
    if how == "address":
        return "@" in text
    return text.count(" ") <= (4 if how == "brief" else 0)


def _inside(kind: Kind, holder: str, value: object, late: bool) -> tuple[str, object] | None:
    """The best field of an object, with its path."""
    if not isinstance(value, Mapping) or not value:
        return None
    plain = normal(holder)
    own = (kind == "user" and plain in PEOPLE) or (kind == "id" and plain in THINGS)
    ranked: list[tuple[int, str]] = []
    for name in value:
        if not isinstance(name, str):
            continue
        inner = normal(name)
        rank = RANKS[kind].get(inner)
        if inner in ("id", "uuid", "key", "number"):
            rank = 0 if own and inner in ("id", "uuid") else None
        if rank is not None and (rank >= LATE) == late:
            ranked.append((rank, name))
    for _, name in sorted(ranked):
        inner = value[name]
        if _says(kind, inner, _how(kind, name)):
            return f"{holder}.{name}", inner
    return None


def _walk(record: Mapping[str, Any], path: str) -> tuple[object] | None:
    """The value at a name or a path with dots, each part exactly or by its normal form."""
    key = _key(record, path)
    if key is not None:
        return (record[key],)
    head, dot, rest = path.partition(".")
    while dot:
        key = _key(record, head)
        if key is not None and isinstance(record[key], Mapping):
            reached = _walk(record[key], rest)
            if reached is not None:
                return reached
        more, dot, rest = rest.partition(".")
        head = f"{head}.{more}"
    return None


def _key(record: Mapping[str, Any], name: str) -> str | None:
    if name in record:
        return name
    wanted = normal(name)
    return next((key for key in record if isinstance(key, str) and normal(key) == wanted), None)


def _with_zone(name: str, value: object) -> object:
    """A date in text with the zone that its heading gives, as ``Created at (MSK)``; a date with an offset keeps it."""
    if "(" not in name and "[" not in name:
        return value
    match = _ZONE.search(name)
    if match is None or not isinstance(value, str) or _FIGURES.fullmatch(value):
        return value
    if re.search(r"(?:Z|[+-]\d\d:?\d\d)\s*$", value):
        return value
    return f"{value.strip()} {match[1]}"
