"""Cutting a text to a budget of tokens. What a message asks stands at its head or at its tail, so both are kept."""

from __future__ import annotations

import numpy as np

from clioscope.conversations.texts.tokens import token_costs

CUT = "[…]"
CUT_COST = 2.6  # tokens of the mark and the blanks about it
HEAD_ONLY = 16.0  # below this many tokens a tail says too little
HEAD_SHARE = 0.6
SNAP = 16  # characters given up at most to end at a word


def shorten(text: str, tokens: float, *, tail: bool = True) -> str:
    """The text itself if it fits, else its head, ``[…]`` and its tail; "" where not even that has room.

    Never more than ``tokens`` by ``token_costs``. With ``tail=False`` only the head is kept.
    """
    costs = token_costs(text)
    sums = np.cumsum(costs)
    if not len(sums) or sums[-1] <= tokens + 1e-6:  # shares are sums of the same prices in another order
        return text
    room = tokens - CUT_COST
    if room < 1:
        return ""
    both = tail and room >= HEAD_ONLY
    head = _head(text, int(np.searchsorted(sums, room * HEAD_SHARE if both else room, side="right")))
    if not both:
        return f"{head} {CUT}" if head else ""
    left = room - float(sums[len(head) - 1]) if head else room
    start = int(np.searchsorted(sums, sums[-1] - min(left, room), side="left")) + 1
    return f"{head} {CUT} {_tail(text, max(start, len(head)))}".strip()


def _head(text: str, end: int) -> str:
    """The text up to ``end``, ended at a word if one ends near."""
    if end < len(text) and not text[end].isspace():
        space = max(text.rfind(" ", max(0, end - SNAP), end), text.rfind("\n", max(0, end - SNAP), end))
        end = space if space > 0 else end
    return text[:end].rstrip()


def _tail(text: str, start: int) -> str:
    """The text from ``start``, begun at a word if one begins near."""
    if start and start < len(text) and not text[start - 1].isspace():
        near = [place for mark in " \n" if (place := text.find(mark, start, start + SNAP)) >= 0]
        start = min(near) + 1 if near else start
    return text[start:].strip()
