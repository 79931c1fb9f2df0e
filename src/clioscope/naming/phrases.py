"""Distinguishing phrases of groups: class-based TF-IDF over words and runs of words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.conversations.texts.stopwords import stopwords
from clioscope.conversations.texts.words import joined, marks, normal, unspaced
from clioscope.naming.held_phrases import Held, held_phrases
from clioscope.vectors.grouped import rows_by_group

if TYPE_CHECKING:
    from clioscope.naming.support import Part, Support

MOST = 200_000  # phrases that are looked at, the most frequent ones
_LIFT = 1.5  # a phrase must be this many times as common in its group as elsewhere
_LONGER = (1.0, 2.0, 2.2)  # by number of words: of two equally common phrases, the longer says more
# Dictionaries often divide a run without blanks at the wrong place, so a word is a better name than words in a
# row, unless the second is a single character ("plum", "tree").
_UNSPACED = (1.0, 0.8, 0.7)
_CHARACTER = 1.05
_LOOKED_AT = 20  # texts that decide how a phrase is written
_FRAGMENT = 0.75  # a phrase that stands in a longer one so often is a piece of it
_CONSIDERED = 300  # best phrases of a group among which pieces are looked for


def distinguishing_phrases(
    texts: Sequence[str],
    labels: NDArray[np.integer],
    count: int = 8,
    support: Support | Part | None = None,
    *,
    lifted: bool = False,
) -> list[list[str]]:
    """The ``count`` most distinguishing phrases of every group 0..k-1, best first, no word twice.

    ``texts`` (n) are the conversations, ``labels`` (n,) their groups. A phrase is a word, two words in a row, or three
    words in a row whose middle one may be a preposition ("point of view"), within one clause. It is written as most
    texts write it. No phrase begins or ends with a verb that any request may have ("write", "explain"), and none
    consists of vague words ("time", "information"). A phrase that mostly stands in a longer one gives way to it.

    Phrases are ranked by c-TF-IDF: the share of the group's phrases times log(1 + mean phrases per group / phrase in
    all groups), as BERTopic defines it (Grootendorst 2022, section 3.3). As many people as ``support`` asks for must
    have written a phrase. Without ``support``, two texts of a group of five or more must hold it. Phrases that are at
    least 1.5 times as common in the group as elsewhere leave out all others: else frequent words that say little win
    in large groups.
    """
    return Phrases(texts).distinguishing(labels, count, support, lifted=lifted)


class Phrases:
    """The phrases of some ``texts`` (n), found once for groupings of any kind (``distinguishing_phrases``)."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = texts

    @cached_property
    def _normal(self) -> list[str]:
        return [normal(text) for text in self.texts]

    @cached_property
    def _held(self) -> Held:
        return held_phrases(self._normal, MOST)

    @cached_property
    def _preferences(self) -> NDArray[np.float64]:
        return np.array([_preference(word) for word in self._held.phrases])

    def distinguishing(
        self,
        labels: NDArray[np.integer],
        count: int = 8,
        support: Support | Part | None = None,
        *,
        lifted: bool = False,
    ) -> list[list[str]]:
        """``distinguishing_phrases`` of these texts."""
        import scipy.sparse as sparse

        groups = int(labels.max()) + 1 if len(labels) else 0
        words, presence, holders = self._held
        if not len(words):
            return [[] for _ in range(groups)]
        member = sparse.csr_matrix(
            (np.ones(len(labels), dtype=np.int32), (labels, np.arange(len(labels)))), shape=(groups, len(labels))
        )
        within = (member @ presence).tocsr()
        total = np.asarray(within.sum(axis=0)).ravel()
        rows_of = rows_by_group(labels, groups)
        weight = np.log1p(total.sum() / max(groups, 1) / np.maximum(total, 1)) * self._preferences
        phrases = []
        for group, rows in enumerate(rows_of):
            size = len(rows)
            start, end = within.indptr[group : group + 2]
            columns, frequency = within.indices[start:end], within.data[start:end]
            elsewhere = (total[columns] - frequency) / max(len(labels) - size, 1)
            frequent = frequency >= (2 if size >= 5 else 1)
            risen = frequent & (frequency / max(size, 1) >= _LIFT * elsewhere)
            kept = risen if lifted or risen.any() else frequent
            order = np.lexsort((columns[kept], -frequency[kept] * weight[columns[kept]]))
            best, often = columns[kept][order], frequency[kept][order]
            wholes = _wholes([words[column] for column in best[:_CONSIDERED].tolist()], often)
            instead = {short: int(best[place]) for short, place in wholes.items()}
            group_of = _Group(rows.tolist(), labels, group)
            phrases.append(_first_apart(best, instead, words, holders, group_of, self._normal, count, support))
        return phrases


class _Group(NamedTuple):
    """``members``: rows of a group; ``labels`` (n,): the groups of all; ``number``: that of this one."""

    members: list[int]
    labels: NDArray[np.integer]
    number: int


def _wholes(phrases: Sequence[str], frequency: NDArray[np.integer]) -> dict[str, int]:
    """For each phrase that mostly stands in a longer one: the place of that one among ``phrases``, the longest first.

    ``frequency`` says how many texts hold each phrase.
    """
    counts = dict(zip(phrases, frequency.tolist(), strict=False))
    wholes: dict[str, int] = {}
    for place, (phrase, often) in enumerate(counts.items()):
        parts = phrase.split(" ")
        if len(parts) < 2 or often < 2 or unspaced(phrase):
            continue
        for start in range(len(parts)):
            for end in range(start + 1, len(parts) + 1):
                short = " ".join(parts[start:end])
                known = wholes.get(short)
                longer = known is None or len(phrases[known]) < len(phrase)
                if short != phrase and longer and often >= _FRAGMENT * counts.get(short, np.inf):
                    wholes[short] = place
    return wholes


def _first_apart(
    columns: NDArray[np.integer],
    instead: Mapping[str, int],
    words: Sequence[str],
    holders: Any,
    group: _Group,
    texts: Sequence[str],
    count: int,
    support: Support | Part | None,
) -> list[str]:
    """The first ``count`` of the phrases ``columns`` that share no word and have enough support, as written.

    ``instead``: the column of the longer phrase that stands for a phrase, where that one can be taken too.
    """
    chosen: list[str] = []
    taken: set[str] = set()

    def rows_of(column: int) -> list[int]:
        """The members that hold the phrase, or none where they are too few or a word of it is taken."""
        if (set(words[column].split()) - stopwords()) & taken:
            return []
        rows = holders.indices[holders.indptr[column] : holders.indptr[column + 1]]
        found: list[int] = np.sort(rows[group.labels[rows] == group.number]).tolist()
        return found if support is None or support.backed(found, group.members) else []

    for column in columns.tolist():
        options = [instead.get(words[column], column), column]
        for option in options:
            if rows := rows_of(option):
                taken |= set(words[option].split()) - stopwords()
                chosen.append(_as_written(words[option], [texts[row] for row in rows[:_LOOKED_AT]]))
                break
        if len(chosen) == count:
            break
    return chosen


def _preference(phrase: str) -> float:
    """How much more a phrase says than an equally common word."""
    parts = phrase.split(" ")
    if not unspaced(phrase):
        return _LONGER[len(parts) - 1]
    return _CHARACTER if len(parts) == 2 and len(parts[1]) == 1 else _UNSPACED[len(parts) - 1]


def _places(pattern: re.Pattern[str], text: str, bounds: tuple[bool, bool]) -> Iterator[tuple[int, int]]:
    """Where a phrase stands in a text, start and end. ``bounds``: whether a word must begin and end there.

    The ends are looked at one by one: as a part of the pattern of every phrase, all the characters of words would have
    to be compiled each time, which takes longer than the search.
    """
    of_word, at = _of_word(), 0
    while match := pattern.search(text, at):
        start, end = match.span()
        if (bounds[0] and start and of_word.match(text, start - 1)) or (bounds[1] and of_word.match(text, end)):
            at = start + 1
        else:
            yield start, end
            at = end


@cache
def _of_word() -> re.Pattern[str]:
    """The pattern of one character of a word."""
    return re.compile(rf"[\w{marks()}]", re.IGNORECASE)


def _as_written(phrase: str, texts: Sequence[str]) -> str:
    """The commonest way to write a phrase: "SQL", "machine learning".

    A capital at the start of a sentence says nothing, so these places count only where the phrase has no other.
    """
    first_word, *others = phrase.split(" ")
    plain, pattern = first_word, re.escape(first_word)
    for before, word in zip([first_word, *others], others, strict=False):
        plain += word if joined(before, word) else f" {word}"
        pattern += (r"\s*" if joined(before, word) else r"\s+") + re.escape(word)
    compiled, bounds = re.compile(pattern, re.IGNORECASE), (not unspaced(phrase[0]), not unspaced(phrase[-1]))
    inside: Counter[str] = Counter()
    first: Counter[str] = Counter()
    for text in texts:
        for start, end in _places(compiled, text, bounds):
            before = text[:start].rstrip(" \t\"'“«(*-")
            written = " ".join(text[start:end].split())
            (inside if before and before[-1] not in ".!?:\n" else first)[written] += 1
    seen = inside or first
    return min(seen, key=lambda written: (-seen[written], written)) if seen else plain
