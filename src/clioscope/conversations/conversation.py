"""A conversation as every reader yields it and every later step sees it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Literal

Role = Literal["user", "assistant", "system", "tool"]


@dataclass(frozen=True, slots=True)
class Message:
    """One turn. Parts that are not text (images, files, calls) appear as short marks such as ``[image]``."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class Conversation:
    """One record of the input.

    ``source_id`` is the id in the input (not necessarily unique there); ``created_at`` is timezone-aware
    UTC or None; ``metadata`` holds whatever else the format carries, and is never embedded or prompted.
    ``flaws`` says which fields could not be taken as they stand, and why.
    """

    source_id: str
    messages: tuple[Message, ...]
    user_id: str | None = None
    created_at: datetime | None = None
    metadata: Mapping[str, object] = field(default_factory=dict)
    flaws: tuple[str, ...] = ()

    @property
    def content_id(self) -> str:
        """128-bit hash of roles and texts (32 hex digits): equal for exact duplicates, whatever their ids."""
        return content_id(self.messages)


@dataclass(frozen=True, slots=True)
class Rejected:
    """What could not be used: where it stands (1-based line or record number) and why.

    The whole ``record``, a ``field`` of a record that is used without it and follows as a Conversation, or a
    ``file`` that was found and is not read.
    """

    file: str
    line: int
    reason: str
    kind: Literal["record", "field", "file"] = "record"


def content_id(messages: tuple[Message, ...]) -> str:
    """Hash the roles and texts of a conversation, in order."""
    canonical = json.dumps([[m.role, m.content] for m in messages], ensure_ascii=False, separators=(",", ":"))
    return blake2b(canonical.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
