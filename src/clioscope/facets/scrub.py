"""The first privacy layer after the prompt: text that looks like an identifier does not stay in a facet.

The prompt asks the model to leave identifiers out; a small model does not always obey. The patterns catch the kinds
that have a fixed shape. Names of people have none: a recogniser finds those (``facets/people.py``).
"""

from __future__ import annotations

from clioscope.recognisers.patterns import identifiers

REMOVED = "[removed]"


def scrub(text: str) -> str:
    """Replace e-mail and network addresses, handles, keys and numbers of nine or more digits."""
    pieces, end = [], 0
    for start, after in sorted(identifiers(text)):
        if start >= end:
            pieces += [text[end:start], REMOVED]
        end = max(end, after)
    return "".join([*pieces, text[end:]])
