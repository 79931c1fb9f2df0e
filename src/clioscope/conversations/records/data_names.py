"""Which files hold data, by their names: conversations, tables, and the other files of an account export."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import PurePosixPath

DATA = re.compile(
    r"\.((jsonl|ndjson|jsonlines|json|parquet|pq|csv|tsv|tab)(\.(gz|zst|zstd|bz2|xz))?|zip|xlsx|xlsm|xlsb|xls|ods)$",
    re.IGNORECASE,
)
EXPORT = re.compile(r"(^|/)conversations([-_.]?\d+)?\.json$")  # newer exports come in numbered pieces
COMPANION = "part of the account export, holds no conversations"
_COMPANIONS = {
    *("user.json", "user_settings.json", "message_feedback.json", "shared_conversations.json", "chat.html"),  # ChatGPT
    *("model_comparisons.json", "export_manifest.json", "group_chats.json", "shopping.json", "sora.json"),
    *("users.json", "projects.json", "memories.json"),  # Claude
}
_UNCLEAR = ("", ".txt", ".log", ".dat", ".data")
_JSON = re.compile(rb'(\xef\xbb\xbf)?\s*(\{\s*["}]|\[\s*[\[{])')
_UNSEEN = re.compile(r"(^|/)(\.[^/]*|__MACOSX|Thumbs\.db|desktop\.ini)(/|$)")
_ACTIVITY = re.compile(r"(^|/)(My ?Activity|[^/]*Gemini[^/]*/[^/]+)\.html$", re.IGNORECASE)
_ARCHIVE = re.compile(r"\.(tar(\.\w+)?|t[bgx]z2?|7z|rar)$", re.IGNORECASE)
TAKEOUT = (
    "a Google Takeout with the activity as HTML, which is not read; order it again with the format JSON for My Activity"
)


def is_seen(name: str) -> bool:
    """Whether a file counts at all: nothing hidden, nothing that an operating system left."""
    return _UNSEEN.search(name) is None


def is_unclear(name: str) -> bool:
    """Whether the name does not tell what the file holds: ``.txt``, ``.log``, no ending."""
    return PurePosixPath(name).suffix.lower() in _UNCLEAR


def is_data(name: str, head: bytes | None = b"") -> bool:
    """Whether a file holds data, by its name, or by JSON at its beginning where the name does not tell.

    ``head`` is None where the beginning cannot be read. Such a file counts as data, so that it is listed with a reason.
    """
    return DATA.search(name) is not None or (is_unclear(name) and (head is None or _JSON.match(head) is not None))


def companions(names: Iterable[str]) -> set[str]:
    """The files that account exports are known to add, where they are in a folder with exported conversations."""
    every = [PurePosixPath(name) for name in names]
    homes = {path.parent for path in every if EXPORT.search(path.as_posix())}
    return {path.as_posix() for path in every if path.parent in homes and path.name in _COMPANIONS}


def others(names: Iterable[str]) -> str | None:
    """A sentence about the files that are no data; None where there are none."""
    names = list(names)
    if not names:
        return None
    if any(_ACTIVITY.search(name) for name in names):
        return TAKEOUT
    kinds = Counter(PurePosixPath(name).suffix.lower().lstrip(".") or "without an ending" for name in names)
    shown = ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items(), key=lambda pair: (-pair[1], pair[0])))
    files = "1 other file" if len(names) == 1 else f"{len(names):,} other files"
    sentence = f"{files} ({shown}) {'is no data file' if len(names) == 1 else 'are no data files'}"
    archives = [name for name in names if _ARCHIVE.search(name)]
    return f"{sentence}; unpack {', '.join(archives[:3])} first" if archives else sentence
