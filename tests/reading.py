"""Reading of records written in a test."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from clioscope.conversations import Conversation, Rejected, read_conversations


class Read(NamedTuple):
    """What a file gave: conversations, records not used and flaws, and what was left out with its numbers."""

    good: list[Conversation]
    bad: list[Rejected]
    left_out: dict[str, int]


def read(path: Path, **options: Any) -> Read:
    good: list[Conversation] = []
    bad: list[Rejected] = []
    left_out: dict[str, int] = {}
    for one in read_conversations(path, **options):
        if isinstance(one, Conversation):
            good.append(one)
        elif one.kind == "other":
            left_out[one.reason] = left_out.get(one.reason, 0) + one.count
        else:
            bad.append(one)
    return Read(good, bad, left_out)


def read_lines(folder: Path, records: Iterable[Any], **options: Any) -> Read:
    """The records as lines of JSON, read."""
    path = folder / "records.jsonl"
    path.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records), encoding="utf-8")
    return read(path, **options)


def said(conversation: Conversation) -> list[tuple[str, str]]:
    return [(message.role, message.content) for message in conversation.messages]
