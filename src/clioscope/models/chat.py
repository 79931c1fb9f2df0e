"""The language-model protocol: what a stage asks and what it gets back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """One question to a language model.

    ``messages`` are OpenAI-style ``{"role", "content"}`` pairs; ``schema`` a JSON schema that the answer must
    meet (None: free text); ``prefill`` the beginning of the answer, where the model supports it. Two requests
    that are equal in all fields but ``item`` are the same question.
    """

    messages: tuple[tuple[str, str], ...]  # (role, content)
    schema: dict[str, Any] | None = None
    max_tokens: int = 256
    temperature: float = 0.0
    top_p: float = 1.0
    seed: int = 0
    prefill: str | None = None
    item: str = ""  # what the question is about (a conversation or group id); for the ledger only


@dataclass(frozen=True, slots=True)
class ChatAnswer:
    """The final text (thinking already stripped) and what it cost."""

    text: str
    prompt_tokens: int = 0
    completion_tokens: int = 0
    seconds: float = 0.0
    cached: bool = False
    truncated: bool = False  # stopped by max_tokens


@runtime_checkable
class ChatModel(Protocol):
    """A language model.

    ``id`` names model and weights for the answer store; ``concurrency`` is how many questions it likes at once.
    ``complete`` raises ``Unanswered`` when only this question has no answer, and any other ``ModelError`` when the
    model cannot answer at all (after retries); see ``problems``. A model may have ``release()``, which is awaited
    before the event loop of its questions ends.
    """

    id: str
    concurrency: int

    async def complete(self, request: ChatRequest) -> ChatAnswer: ...

    def close(self) -> None: ...
