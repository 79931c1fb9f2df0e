"""Copies of conversations with strings that nobody else has: a name, an address, rare words, ids, metadata."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from clioscope.errors import InputError
from clioscope.files.modes import open_private

if TYPE_CHECKING:
    from clioscope.conversations import Conversation

_SOUNDS = ("ba", "ce", "di", "fo", "gu", "ha", "ki", "lo", "mu", "ne", "pi", "ro", "su", "ta", "ve", "wi", "xo", "zu")


class Canary(NamedTuple):
    """One planted conversation: the ``strings`` that only it holds, by where they are, and its ``record``."""

    strings: dict[str, str]
    record: dict[str, Any]


def make_canaries(conversations: Iterable[Conversation], count: int, seed: int, fields: Sequence[str]) -> list[Canary]:
    """``count`` copies of conversations, drawn at random, each with its own strings in text, ids and metadata.

    ``fields`` are the metadata fields that the build keeps. Raises InputError if there is no conversation to copy.
    """
    generator = random.Random(seed)
    drawn: list[Conversation] = []
    for number, one in enumerate(conversations):  # a reservoir: every conversation is as likely as any other
        if len(drawn) < count:
            drawn.append(one)
        elif (place := generator.randrange(number + 1)) < count:
            drawn[place] = one
    if not drawn:
        raise InputError("There is no conversation to copy for a canary.")
    return [_canary(drawn[number % len(drawn)], number, generator, fields) for number in range(count)]


def _canary(original: Conversation, number: int, generator: random.Random, fields: Sequence[str]) -> Canary:
    first, last, rare, word = (_word(generator, length) for length in (3, 4, 5, 5))
    strings = {
        "name": f"{first.title()} {last.title()}",
        "mail": f"{first}.{last}@{word}.example",
        "rare word": rare,
        "number": f"{generator.randrange(10**11, 10**12)}",
        "user": f"user-{_word(generator, 5)}",
        "record": f"record-{_word(generator, 5)}",
        **{f"metadata {field}": f"{field} {_word(generator, 5)}" for field in fields},
    }
    said = (
        f"My name is {strings['name']}, write to {strings['mail']} or call {strings['number']}. "
        f"It is about the {rare} in {word.title()}."
    )
    strings["place"] = word.title()
    messages = [{"role": one.role, "content": one.content} for one in original.messages]
    for message in messages:
        if message["role"] == "user":
            message["content"] = f"{said} {message['content']} {said}"
            break
    else:
        messages.insert(0, {"role": "user", "content": said})
    record: dict[str, Any] = {
        "id": strings["record"],
        "user_id": strings["user"],
        "messages": messages,
        "metadata": {field: strings[f"metadata {field}"] for field in fields},
    }
    if original.created_at is not None:
        record["created_at"] = original.created_at.isoformat()
    return Canary(strings, record)


def _word(generator: random.Random, syllables: int) -> str:
    return "".join(generator.choice(_SOUNDS) for _ in range(syllables)) + generator.choice("nrst")


def write_canaries(canaries: Sequence[Canary], folder: Path, generator: random.Random) -> tuple[Path, str]:
    """Write the planted conversations to a file in our own format; the file, and the string in its name."""
    name = f"canary-{_word(generator, 6)}"
    path = folder / f"{name}.jsonl"
    with open_private(path, "w") as file:
        for one in canaries:
            file.write(json.dumps(one.record, ensure_ascii=False) + "\n")
    return path, name
