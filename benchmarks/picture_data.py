"""The conversations of the pictures in README and docs: a sample of ShareGPT, with invented users, dates, plans and
clients, because ShareGPT has none.

    python benchmarks/picture_data.py picture.jsonl [--conversations 3000]

The sample is that of ``make demo`` (same number, same seed), so trees of the two can be compared. The invented fields
follow from a hash of the id. Conversations with program code come a little later than the others, and a little more
often from the plan ``pro``, so that the page has a difference to show.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from clioscope.conversations import Conversation, collect_conversations, read_conversations
from clioscope.models.fetch import pull
from clioscope.settings import InputSettings

START, DAYS = datetime(2026, 3, 1, tzinfo=UTC), 61  # March and April
PLANS, CLIENTS = ("free", "pro", "team"), ("web", "phone", "api")


def invented(record: str, has_code: bool, users: int) -> dict[str, Any]:
    """User, date, plan and client of the conversation ``record``."""
    numbers = iter(hashlib.blake2b(record.encode(), digest_size=32).digest())

    def chance() -> float:
        return (next(numbers) * 256 + next(numbers)) / 65536

    days = DAYS * chance() ** (0.6 if has_code else 1.1)  # an exponent below 1 moves dates towards the end
    user = int(users * chance() ** 1.5)  # some write often
    plan = PLANS[(chance() > (0.45 if has_code else 0.65)) + (chance() > 0.88)]
    at = START + timedelta(days=days) + timedelta(hours=chance())
    client = CLIENTS[min(2, int(3.3 * chance() ** 1.3))]
    return {"user": f"user-{user}", "created_at": at.isoformat(timespec="seconds"), "plan": plan, "client": client}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--conversations", type=int, default=3000)
    given = parser.parse_args()

    source = pull("sharegpt")
    sample = collect_conversations(source, InputSettings(sample=given.conversations, cut_shared=False), 0, None)
    wanted = set(zip(*sample.occurrences.select("conversation", "record"), strict=True))
    with given.out.open("w", encoding="utf-8") as file:
        for one in read_conversations(source, format="sharegpt"):
            if isinstance(one, Conversation) and (one.content_id, one.source_id) in wanted:
                wanted.discard((one.content_id, one.source_id))
                messages = [{"role": message.role, "content": message.content} for message in one.messages]
                code = any("```" in message["content"] for message in messages)
                fields = invented(one.source_id, code, given.conversations // 4)
                file.write(json.dumps({"id": one.source_id, **fields, "messages": messages}, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
