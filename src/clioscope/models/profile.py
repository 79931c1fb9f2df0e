"""What the client must know about a model and its server before it asks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Dialect = Literal["llama.cpp", "vllm", "sglang", "ollama", "other"]
Reasoning = Literal["none", "think-tags", "switchable"]
Endpoint = Literal["chat", "completion"]


@dataclass(frozen=True, slots=True)
class Profile:
    """A model's own habits, from the catalogue; the defaults suit an unknown instruction model.

    ``temperature``, ``top_p`` and ``top_k`` are the publisher's, used when a stage asks a reasoning model for
    temperature 0, which makes such models loop. For all other models the values of the stage count. ``reasoning``: a
    ``think-tags`` model always reasons first, a ``switchable`` one is told not to.
    """

    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    reasoning: Reasoning = "none"
    endpoint: Endpoint = "chat"


@dataclass(slots=True)
class Habits:
    """How a server wants to be asked; learnt from its refusals, kept as long as the client."""

    dialect: Dialect | None = None  # None: not asked yet
    endpoint: Endpoint = "chat"
    thinks: bool = False
    room: int = 0  # further tokens for reasoning that the server hides
    limit: int | None = None  # most tokens that it lets one ask for
    plain_json: bool = False  # refuses response_format: the schema goes into the prompt
    no_system: bool = False  # refuses system messages: they go before the user's first
    renamed: dict[str, str] = field(default_factory=dict)
    dropped: set[str] = field(default_factory=set)


def joined(one: Habits, other: Habits) -> Habits:
    """What two replies of one server taught, together."""
    return Habits(
        dialect=one.dialect,
        endpoint="completion" if "completion" in (one.endpoint, other.endpoint) else "chat",
        thinks=one.thinks or other.thinks,
        room=max(one.room, other.room),
        limit=min((habits.limit for habits in (one, other) if habits.limit is not None), default=None),
        plain_json=one.plain_json or other.plain_json,
        no_system=one.no_system or other.no_system,
        renamed=one.renamed | other.renamed,
        dropped=one.dropped | other.dropped,
    )


def dialect_of(models: object) -> Dialect:
    """The kind of server from its answer to ``GET /v1/models`` (the ``owned_by`` field)."""
    data = models.get("data") if isinstance(models, dict) else None
    owners = {str(entry.get("owned_by", "")).lower() for entry in data or [] if isinstance(entry, dict)}
    if "llamacpp" in owners:
        return "llama.cpp"
    if "vllm" in owners:
        return "vllm"
    if "sglang" in owners:
        return "sglang"
    return "ollama" if "library" in owners else "other"
