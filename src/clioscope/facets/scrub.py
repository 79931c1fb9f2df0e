"""The first privacy layer after the prompt: text that looks like an identifier does not stay in a facet.

The prompt asks the model to leave identifiers out; a small model does not always obey. These patterns catch
the kinds that have a fixed shape. Names of people have none: they are the auditor's business.
"""

from __future__ import annotations

import re

REMOVED = "[removed]"

_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+",  # e-mail
        r"\b(?:https?://|www\.)\S+",  # address of a page
        r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])",  # IPv4
        r"\b(?:[0-9a-f]{1,4}:){4,7}[0-9a-f]{1,4}\b",  # IPv6
        r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b",  # IBAN
        r"\b(?:sk|pk|ghp|gho|xox[bp]|AKIA)[-_]?[A-Za-z0-9_-]{12,}\b",  # keys and tokens
        r"(?<!\w)@[A-Za-z]\w{3,}",  # handle
        r"(?<![\w.,$€£])\+?\(?\d(?:[\s().-]*\d){8,}(?!\w)",  # phone, card, account: nine or more digits
    )
)


def scrub(text: str) -> str:
    """Replace e-mail and network addresses, handles, keys and numbers of nine or more digits."""
    for pattern in _PATTERNS:
        text = pattern.sub(REMOVED, text)
    return text
