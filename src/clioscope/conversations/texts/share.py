"""Sharing a budget out, and choosing who gets a share."""

from __future__ import annotations

import heapq
from collections.abc import Sequence

from clioscope.conversations.texts.words import unspaced, words


def pour(least: Sequence[float], most: Sequence[float], weights: Sequence[float], budget: float) -> list[float]:
    """Shares from ``least`` to ``most`` that rise together, in proportion to ``weights``, up to ``budget``.

    As water fills vessels: who is full takes no more, the rest goes to the others. O(n log n).
    """
    shares = list(least)
    left = budget - sum(least)
    open_weight = sum(weights)
    order = sorted(range(len(shares)), key=lambda i: (most[i] - least[i]) / weights[i])
    for i in order:
        if left <= 0:
            break
        added = min(most[i] - least[i], left * weights[i] / open_weight)
        shares[i] += added
        left -= added
        open_weight -= weights[i]
    return shares


def choose_novel(texts: Sequence[str], kept: set[int], costs: Sequence[float], budget: float) -> set[int]:
    """Add to ``kept`` the texts whose words are newest, one after the other, while ``budget`` lasts.

    Greedy maximum coverage: the share of a text's words that no kept text has, damped for short texts, so
    that "thanks" opens no topic. A gain only falls as others are kept, so a heap of stale gains is enough
    (Minoux 1978, accelerated greedy). Ties go to the earlier text.
    """
    stems = [_words(text) for text in texts]
    seen: set[str] = set().union(*(stems[i] for i in kept))
    heap = [(-_gain(stems[i], seen), i) for i in range(len(texts)) if i not in kept]
    heapq.heapify(heap)
    chosen = set(kept)
    while heap:
        _, i = heap[0]
        now = -_gain(stems[i], seen)
        following = min(heap[1:3], default=(1.0, -1))
        if (now, i) > following:
            heapq.heapreplace(heap, (now, i))
            continue
        heapq.heappop(heap)
        if costs[i] > budget:
            break
        budget -= costs[i]
        chosen.add(i)
        seen |= stems[i]
    return chosen


def _gain(words: set[str], seen: set[str]) -> float:
    return len(words - seen) / (len(words) + 4)


def _words(text: str) -> set[str]:
    """Stems (six letters) of the words; those of scripts that write without blanks whole, from two letters on."""
    return {
        word if unspaced(word) else word[:6] for word in words(text.lower()) if len(word) > (1 if unspaced(word) else 2)
    }
