"""What the tests of sources share: a file read, split into what was used, rejected and left out."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from clioscope.conversations import Conversation, Rejected, read_conversations

DATA = Path(__file__).parents[2] / "data" / "conversations"


class Loaded(NamedTuple):
    """What a file gave."""

    good: list[Conversation]
    bad: list[Rejected]
    left_out: Counter[str]


def load(path: Path, **options: Any) -> Loaded:
    """Conversations, what was rejected, and how much was left out by reason."""
    found = list(read_conversations(path, **options))
    left_out: Counter[str] = Counter()
    bad: list[Rejected] = []
    for one in found:
        if isinstance(one, Rejected) and one.kind == "other":
            left_out[one.reason] += one.count
        elif isinstance(one, Rejected):
            bad.append(one)
    return Loaded([one for one in found if isinstance(one, Conversation)], bad, left_out)


def load_rows(folder: Path, rows: Iterable[Any], **options: Any) -> Loaded:
    """What records give, written as lines into a file of the folder."""
    return load(write(folder / "records.jsonl", *rows), **options)


def said(conversation: Conversation) -> list[tuple[str, str]]:
    return [(message.role, message.content) for message in conversation.messages]


def asked(conversation: Conversation) -> list[str]:
    """The texts of the user."""
    return [text for role, text in said(conversation) if role == "user"]


def write(path: Path, *rows: Any) -> Path:
    """Write JSON values, one per line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path
