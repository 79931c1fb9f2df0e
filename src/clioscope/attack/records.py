"""Records of conversations as the readers of Clioscope take them."""

from __future__ import annotations

from typing import Any

Record = dict[str, Any]


def record(name: str, user: str, text: str, answer: str = "Here is some general advice.") -> Record:
    """One conversation of two turns. ``name`` is its id, ``user`` the account that wrote it."""
    turns = [{"role": "user", "content": text}, {"role": "assistant", "content": answer}]
    return {"id": name, "user_id": user, "messages": turns}
