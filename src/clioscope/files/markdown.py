"""Text of a model or a user within Markdown."""

from __future__ import annotations

import re

from clioscope.files.plain import line

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|#~$])")
_ENTITY = re.compile(r"&(?=#?\w+;)")
_LINK = re.compile(r"(?<=:)(?=//)|(?<=\bwww)(?=\.)", re.IGNORECASE)  # addresses that GitHub makes links of
_LEADING = re.compile(r"^(\d{1,9}(?=[.)])|(?=[-+=]))")  # an item of a list, or the line under a heading


def as_markdown(text: str) -> str:
    """Markdown that shows ``text`` as it is, on one line, also where it begins a line."""
    shown = line(str(text))
    for pattern, instead in ((_SPECIAL, r"\\\1"), (_LINK, r"\\"), (_ENTITY, r"\\&"), (_LEADING, r"\1\\")):
        shown = pattern.sub(instead, shown)
    return shown
