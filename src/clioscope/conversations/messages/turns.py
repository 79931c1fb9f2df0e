"""A list of messages, as any provider writes it, as turns: who said what, and what could not be read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from clioscope.conversations.messages.content import (
    OTHER_CONTENT,
    RecordError,
    call_marks,
    kind,
    names_of,
    pieces,
    role_of,
)
from clioscope.conversations.messages.harness import split_injected
from clioscope.conversations.messages.tree import BROKEN, is_broken, last_branch, oldest_first

_SPEAKER = ("role", "from", "sender", "author", "speaker", "type")
_TEXT = ("content", "parts", "value", "text", "message", "body", "contents", "display", "utterance")
_CALLS = ("tool_calls", "function_call", "toolCalls")
# What a message without text may hold beside: its data, and what has no text by its nature.
_BESIDE = re.compile(
    r"id|_id|uuid|name|index|model\w*|status|state|finish\w*|stop\w*|end_turn|weight|channel|recipient|metadata|meta|"
    r"annotations|audio|refusal|reasoning\w*|thinking\w*|logprobs|usage|tokens?\w*|turn\w*|language|lang|toxic|"
    r"redacted|country|header|hashed_ip|timestamp|time|date|ts|feedback\w*|rating|cost|latency|error|"
    r"experimental_attachments|toolInvocations|.*(?:_id|Id|_ids|_at|At|_time|Time|_type|_count|_parent|_uuid|Uuid)"
)
SUBSTANCE = 20  # characters: a shorter message of the user (a greeting, an "ok") does not stand for a lost question
SUBSTANCE_WIDE = 6  # the same in scripts whose characters are words
GREETING_CHARS = 40  # a text shorter than this that begins as a greeting and asks nothing is one
_GREETING = re.compile(
    r"(?:hi|hello|hey|dear|greetings|good (?:morning|afternoon|evening|day)|thanks?|thank you|ok(?:ay)?|"
    r"привет|здравствуйте|добрый|доброе|спасибо|hallo|guten|danke|hola|buen[oa]s|gracias|bonjour|bonsoir|salut|merci|"
    r"ciao|buongiorno|grazie|ol[áa]|bom dia|boa tarde|obrigad[oa])\b",
    re.IGNORECASE,
)


class Turns(list[tuple[str, str]]):
    """(role, text) in order. ``flaws`` says what could not be read; ``lost`` counts the user's messages in it."""

    def __init__(self, turns: Iterable[tuple[str, str]] = ()) -> None:
        super().__init__(turns)
        self.flaws: list[str] = []
        self.lost = 0
        self.abandoned = 0  # messages on branches that an edit or a new answer left behind
        self.opening: dict[str, Any] | None = None  # the first message of the user as it stands there

    def say(self, role: str, text: str) -> None:
        """Add some text; what a program put into a message of the user becomes a system turn."""
        if role == "user":
            self.extend(split_injected(text))
        else:
            self.append((role, text))

    def add(self, role: str, content: Any, field: str) -> None:
        """Add the content of a message, tool results in turns of their own. Raises RecordError."""
        if isinstance(content, str):
            self.say(role, content)
            return
        before = len(self.flaws)
        parts = pieces(content, field, self.flaws)
        self.lost += role == "user" and len(self.flaws) > before
        for said, text in _runs(parts, role):
            self.say(said, text)

    def lose(self, role: str, reason: str) -> None:
        """Note a message whose text could not be read."""
        self.flaws.append(reason)
        self.lost += role == "user"

    def leave(self, items: Sequence[Any], chosen: Sequence[Any]) -> None:
        """Count the messages that are not on the branch chosen, and tell where a damaged link is the reason."""
        self.abandoned = len(items) - len(chosen)
        if is_broken(items, chosen):
            self.lose("user", BROKEN)

    @property
    def misleading(self) -> bool:
        """Whether a question of the user was lost and what is left of the user's says next to nothing."""
        return self.lost > 0 and not any(role == "user" and _has_substance(text) for role, text in self)


def read_messages(items: Iterable[Any], field: str, leaf: object = None) -> Turns:
    """The turns of a message list: OpenAI, Anthropic, ShareGPT, AI SDK, Gemini, LangChain and their relatives.

    Where messages name their parents, the branch that ends at ``leaf`` (else at the newest message) is taken.
    A message without a known field of text is a flaw that names its fields. Raises RecordError for an item that is
    not a message.
    """
    listed = oldest_first(items if isinstance(items, list) else list(items))
    if len(listed) == 1 and asks_alone(listed):
        listed = [{"role": "user", **listed[0]}]
    chosen = last_branch(listed, leaf)
    turns = Turns()
    if len(chosen) < len(listed) or (listed and _is_answer(listed[0])):
        turns.leave(listed, chosen)
    for index, item in enumerate(chosen):
        where = f"{field}[{index}]"
        if not isinstance(item, dict):
            raise RecordError(f"{where}: expected an object, found {kind(item)}")
        before = len(turns)
        read_message(item, where, turns)
        if turns.opening is None and "user" in [role for role, _ in turns[before:]]:
            turns.opening = item
    return turns


def read_message(item: dict[str, Any], where: str, turns: Turns) -> None:
    """Add one message to the turns."""
    role, content = item.get("role"), item.get("content")
    if type(content) is str and content and type(role) is str and item.keys().isdisjoint(_CALLS):
        turns.say(role_of(role, where), content)  # nearly all messages there are
        return
    item = unwrapped(item)
    role = _role(item, where)
    name = _text_field(item)
    calls = any(item.get(field) for field in _CALLS)
    if name is not None:
        turns.add(role, item[name], f"{where}.{name}")
    elif not calls and (unread := _unread(item)):
        turns.lose(role, f"{where}: no known field of text among the fields {names_of(unread)}")
    if calls:
        turns.say(role, call_marks({"tool_calls": item.get("tool_calls") or item.get("toolCalls"), **_function(item)}))


def _is_answer(item: object) -> bool:
    return isinstance(item, dict) and item.get("role") == "assistant"


def speaks(item: object) -> bool:
    """Whether an item looks like a message: an object that names who speaks, and has or may have text."""
    if not isinstance(item, dict):
        return False
    item = unwrapped(item)
    return any(isinstance(item.get(name), str | dict) for name in _SPEAKER[:-1]) or (
        isinstance(item.get("type"), str) and "content" in item
    )


def asks_alone(items: list[Any]) -> bool:
    """Whether a list is a single question as Gemini takes it: ``[{"parts": [{"text": ...}]}]``, without a role."""
    if len(items) != 1 or not isinstance(items[0], dict) or not items[0].keys().isdisjoint(_SPEAKER):
        return False
    parts = items[0].get("parts")
    return isinstance(parts, list) and any(
        isinstance(part, dict) and isinstance(part.get("text"), str) for part in parts
    )


def unwrapped(item: dict[str, Any]) -> dict[str, Any]:
    """The message itself, where it lies one level down.

    LangChain: ``{"type": "human", "data": {...}}`` and ``{"id": [..., "HumanMessage"], "kwargs": {...}}``; logs of
    sessions: ``{"type": "message", "message": {"role": ..., "content": ...}}``.
    """
    data, kwargs, names, inner = item.get("data"), item.get("kwargs"), item.get("id"), item.get("message")
    if isinstance(inner, dict) and any(name in inner for name in ("content", "parts")):
        return {"role": item.get("role", item.get("type")), **inner}
    if isinstance(kwargs, dict) and "content" in kwargs and isinstance(names, list) and names:
        return {"role": str(names[-1]), **kwargs}
    if isinstance(data, dict) and "content" in data and isinstance(item.get("type"), str):
        return {"role": item["type"], **{key: value for key, value in data.items() if key != "type"}}
    return item


def _role(item: Mapping[str, Any], where: str) -> str:
    for name in _SPEAKER:
        if name in item:
            value = item[name]
            if isinstance(value, dict):  # an author: {"role": "user", "name": …}
                value = value.get("role") or value.get("type")
            return role_of(value, f"{where}.{name}")
    raise RecordError(f"{where}.role: expected a role as text, found nothing")


def _text_field(item: Mapping[str, Any]) -> str | None:
    """The field that holds the text: the first that is not empty, else the first there is."""
    there = [name for name in _TEXT if name in item]
    return next((name for name in there if item[name]), there[0] if there else None)


def _unread(item: dict[str, Any]) -> dict[str, Any]:
    """The fields of a message that may have held its text."""
    return {
        name: value
        for name, value in item.items()
        if name not in _SPEAKER and isinstance(value, str | list | dict) and value and not _BESIDE.fullmatch(name)
    }


def _function(item: Mapping[str, Any]) -> dict[str, Any]:
    return {"function_call": item["function_call"]} if item.get("function_call") else {}


def _runs(parts: Iterable[Any], role: str) -> Iterable[tuple[str, str]]:
    """Parts of one speaker joined, in order."""
    runs: list[tuple[str, list[str]]] = []
    for piece in parts:
        if not piece.text.strip():
            continue
        said = piece.role or role
        if runs and runs[-1][0] == said:
            runs[-1][1].append(piece.text)
        else:
            runs.append((said, [piece.text]))
    return [(said, "\n".join(texts)) for said, texts in runs]


def _has_substance(text: str) -> bool:
    text = text.replace(OTHER_CONTENT, "").strip()
    if len(text) < GREETING_CHARS and "?" not in text and _GREETING.match(text):
        return False
    return len(text) >= (SUBSTANCE_WIDE if any(letter >= "⺀" for letter in text[:40]) else SUBSTANCE)


__all__ = ["Turns", "read_message", "read_messages", "speaks"]
