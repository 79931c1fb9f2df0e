"""How a budget of tokens is shared among texts, and which texts get a share."""

from __future__ import annotations

import heapq
from collections.abc import Sequence

from clioscope.conversations.texts.words import unspaced, words


def share_budget(least: Sequence[float], most: Sequence[float], weights: Sequence[float], budget: float) -> list[float]:
    """Shares of ``budget``, each from ``least`` to ``most``, that rise together in proportion to ``weights``.

    A share that has reached its most takes no more, and the rest goes to the others, as water fills vessels.
    O(n log n).
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
    """``kept`` and, one after the other, the texts with the most new words, while ``budget`` lasts.

    Greedy maximum coverage. A text's gain is the share of its words that no kept text has, damped for short texts, so
    that "thanks" opens no topic. A gain only falls as other texts are kept, so a heap of old gains is enough
    (accelerated greedy, Minoux 1978). Ties go to the earlier text.
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
