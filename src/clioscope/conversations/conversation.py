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
    """One turn. Parts that are not text (images, files, calls) appear as short marks such as ``[image]``.

    >>> from clioscope import Message
    >>> Message("user", "How do I bake bread?").role
    'user'
    """

    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class Conversation:
    """One record of the input.

    ``source_id`` is the id in the input, where it need not be unique. ``created_at`` is a time in UTC with its zone, or
    None. ``metadata`` holds all other fields; it is never embedded and never shown to a model. ``flaws`` names the
    fields that could not be taken as they are, and why.

    >>> from clioscope import Conversation, Message
    >>> Conversation("c1", (Message("user", "How do I bake bread?"),)).source_id
    'c1'
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
    """What was not used: where it stands (1-based line or record number) and why.

    ``kind`` is ``record`` for a record that cannot be used, ``field`` for a field of a record that is used without
    it (the Conversation follows), ``file`` for a file that was found and not read, and ``other`` for what is no
    conversation by its nature (headers, events, abandoned branches). ``count`` is how many records it stands for.
    """

    file: str
    line: int
    reason: str
    kind: Literal["record", "field", "file", "other"] = "record"
    count: int = 1


def content_id(messages: tuple[Message, ...]) -> str:
    """Hash the roles and texts of a conversation, in order."""
    canonical = json.dumps([[m.role, m.content] for m in messages], ensure_ascii=False, separators=(",", ":"))
    return blake2b(canonical.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
