"""The account to which a file in a program's own folder belongs, where no record says so."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

_STORES = re.compile(r"\.?(?:claude|codex|projects|sessions|archived_sessions)", re.IGNORECASE)
_PROJECT = re.compile(r"-.*|[A-Za-z]--.*|subagents|\d{2,4}|[0-9a-f-]{36}")  # a path with dashes, a date, a session


def owner(account: str, folder: str = "") -> str:
    """The part of a file's path above the folders of the program; "" where there is none.

    ``account`` is the path, relative to what was given (``ann/.claude/projects/-home-ann-shop/1.jsonl`` is
    ``ann``), or a zip. ``folder`` is where the work was done: a folder that is called like it is no person.
    """
    path = PurePosixPath(account)
    last = re.split(r"[/\\]", folder.rstrip("/\\"))[-1].casefold()
    kept: list[str] = []
    for part in path.parts if path.suffix.lower() == ".zip" else path.parts[:-1]:
        if _STORES.fullmatch(part):
            break
        if not _PROJECT.fullmatch(part) and part.casefold() != last:
            kept.append(part)
    return "/".join(kept)
