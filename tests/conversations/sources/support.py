"""What the tests of sources share: a file read, split into what was used, rejected and left out."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

from clioscope.conversations import Conversation, Rejected, read_conversations

DATA = Path(__file__).parents[2] / "data" / "conversations"


def load(path: Path, **options: Any) -> tuple[list[Conversation], list[Rejected], Counter[str]]:
    """Conversations, what was rejected, and how much was left out by reason."""
    found = list(read_conversations(path, **options))
    left_out: Counter[str] = Counter()
    bad: list[Rejected] = []
    for one in found:
        if isinstance(one, Rejected) and one.kind == "other":
            left_out[one.reason] += one.count
        elif isinstance(one, Rejected):
            bad.append(one)
    return [one for one in found if isinstance(one, Conversation)], bad, left_out


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
