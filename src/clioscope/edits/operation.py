"""One operation of the analyst, as a line of ``edits.jsonl``."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any, NamedTuple

from clioscope.edits.sentences import NotApplicable

# Operation -> what its line must hold. Other fields may be missing.
KINDS: dict[str, tuple[str, ...]] = {
    "rename": ("group", "name"),
    "describe": ("group", "description"),
    "merge": ("groups",),
    "split": ("group",),
    "move": ("to",),
    "hide": ("group", "on"),
    "pin": ("group", "on"),
    "note": ("group", "text"),
    "colour": ("group", "colour"),
    "vouch": ("group",),
    "name": ("group",),
    "audit": (),
    "undo": ("of",),
    "redo": ("of",),
    "follow": ("group", "to"),
    "labels": ("labels",),
}
MARKS = ("undo", "redo", "follow", "labels")  # they change no group: they say how the other lines are read
STRUCTURAL = ("merge", "split", "move", "hide")  # they may change which conversations a group holds


class Operation(NamedTuple):
    """``id`` is its own and short; ``at`` an ISO time in UTC; ``op`` one of ``KINDS``; ``details`` all other fields.

    Fields that a line may hold beside those of its kind: ``called`` (the names of its groups when it was made),
    ``labels`` (the names that were made anew), ``verdicts`` (what the auditor said of names), ``vouched`` (the text
    that the analyst vouches for), ``kept`` (the label that a pinned group keeps), ``anchors`` (conversations that tell
    the parts of a split apart), ``ask_model`` (whether the atlas's model was asked).
    """

    id: str
    at: str
    author: str
    op: str
    details: Mapping[str, Any]

    def line(self) -> str:
        """The operation as a line of the file, with its line feed."""
        head = {"id": self.id, "at": self.at, "author": self.author, "op": self.op}
        return json.dumps(head | dict(self.details), ensure_ascii=False) + "\n"

    def having(self, **more: Any) -> Operation:
        """The operation with further details."""
        return self._replace(details={**self.details, **more})

    @property
    def groups(self) -> list[str]:
        """The ids of the groups that it names."""
        found = [*self.details.get("groups", ()), self.details.get("group"), self.details.get("to")]
        return [group for group in found if isinstance(group, str)]


def new_operation(op: str, author: str, **details: Any) -> Operation:
    """An operation of this moment; details that are None are left out."""
    kept = {name: value for name, value in details.items() if value is not None}
    return Operation(secrets.token_hex(4), datetime.now(UTC).isoformat(timespec="seconds"), author, op, kept)


def operation_from(line: str) -> Operation:
    """The operation of a line. Raises NotApplicable, with the reason, for a line that is none."""
    try:
        fields = json.loads(line)
    except ValueError:
        raise NotApplicable("no_json") from None
    if not isinstance(fields, dict):
        raise NotApplicable("no_object")
    missing = [name for name in ("id", "at", "author", "op") if not isinstance(fields.get(name), str)]
    if not missing:
        missing = [name for name in KINDS.get(fields["op"], ()) if name not in fields]
    if missing:
        raise NotApplicable("lacks", fields=", ".join(missing))
    if fields["op"] not in KINDS:
        raise NotApplicable("unknown_operation", op=fields["op"])
    id, at, author, op = (fields.pop(name) for name in ("id", "at", "author", "op"))
    return Operation(id, at, author, op, fields)


def made_id(operation: str, part: int | str) -> str:
    """The id of a group that an operation makes. It hangs on the operation and not on the members, so that later
    operations find the group in every build."""
    return f"g{blake2b(f'{operation} {part}'.encode(), digest_size=6).hexdigest()}"
