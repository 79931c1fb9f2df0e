"""Words of groups: which ones a conversation may add, and which of those that passed the noise tell of a group."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache

from clioscope.conversations.texts.stopwords import dangling_words, plain_verbs, stopwords, vague_words
from clioscope.conversations.texts.words import normal, unspaced, words

_READ = 1000  # characters of a text that are looked at
_SHORTEST, _LONGEST = 3, 30  # letters of a word, in scripts with blanks
NAMED = 3  # words in a name


def telling_words(text: str, most: int) -> tuple[str, ...]:
    """The first ``most`` different words of a text that may tell what it is about, in lower case.

    Words with digits are left out, and those that any request may have. Other texts change nothing.
    """
    found: dict[str, None] = {}
    for word in words(normal(text[:_READ].lower())):
        if _tells(word):
            found[word] = None
            if len(found) == most:
                break
    return tuple(found)


def word_counts(groups: Sequence[int], rows: Sequence[int], told: Sequence[Sequence[str]]) -> dict[str, int]:
    """How often each word is in each group, by ``key_of`` both, over the chosen ``rows``."""
    counts: Counter[str] = Counter()
    for row in rows:
        counts.update(key_of(groups[row], word) for word in told[row])
    return dict(counts)


def key_of(group: int, *parts: str) -> str:
    """A group and parts of a text as one key."""
    return "\t".join((str(group), *parts))


def best_words(counts: Mapping[int, Mapping[str, int]], sizes: Mapping[int, float], most: int) -> dict[int, list[str]]:
    """The words of every group that tell most of it, best first, at most ``most``.

    ``counts``: noisy counts by group and word; ``sizes``: noisy sizes of the groups. A word is worth its share in the
    group, times the logarithm of how much larger that is than its share elsewhere. A word that is no commoner here
    than elsewhere tells nothing.
    """
    total: Counter[str] = Counter()
    for inside in counts.values():
        total.update(inside)
    everyone = sum(sizes.values())
    best: dict[int, list[str]] = {}
    for group, inside in counts.items():
        size = max(sizes[group], 1.0)
        rest = max(everyone - size, 1.0)
        worth = {}
        for word, count in inside.items():
            share, elsewhere = count / size, max(total[word] - count, 0) / rest
            lift = share / (elsewhere + 1 / everyone)
            if lift > 1:
                worth[word] = share * math.log(lift)
        best[group] = sorted(worth, key=lambda word: (-worth[word], word))[:most]
    return best


def name_of(best: Sequence[str]) -> str:
    """A name of a group's best words; empty without any."""
    name = ", ".join(best[:NAMED])
    return name[:1].upper() + name[1:]


def _tells(word: str) -> bool:
    if not word.isalpha() and any(character.isdigit() or character == "_" for character in word):
        return False
    if unspaced(word):
        return len(word) > 1 and word not in stopwords()
    return _SHORTEST <= len(word) <= _LONGEST and word not in _empty()


@cache
def _empty() -> frozenset[str]:
    return stopwords() | plain_verbs() | vague_words() | dangling_words()
