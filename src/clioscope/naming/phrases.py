"""Distinguishing phrases of groups: class-based TF-IDF over words and runs of words."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.conversations.texts.stopwords import stopwords
from clioscope.conversations.texts.words import normal, unspaced
from clioscope.facets.scrub import REMOVED
from clioscope.naming.held_phrases import Held, Written, held_phrases, phrases_of
from clioscope.naming.tongues import ENGLISH, text_languages
from clioscope.naming.written import as_written, usual_form
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
    texts write it. No phrase begins or ends with a verb that any request may have ("write", "explain") or with a stop
    word of its text's language, and none consists of vague words ("time", "information"). The forms of a word count as
    one word, except in English. A phrase that mostly stands in a longer one gives way to it.

    Phrases are ranked by c-TF-IDF: the share of the group's phrases times log(1 + mean phrases per group / phrase in
    all groups), as BERTopic defines it (Grootendorst 2022, section 3.3). As many people as ``support`` asks for must
    have written a phrase. Without ``support``, two texts of a group of five or more must hold it. Phrases that are at
    least 1.5 times as common in the group as elsewhere leave out all others: else frequent words that say little win
    in large groups.
    """
    return Phrases(texts).distinguishing(labels, count, support, lifted=lifted)


class Phrases:
    """The phrases of some ``texts`` (n), found once for groupings of any kind (``distinguishing_phrases``).

    ``languages`` (n) are the languages of the texts (IETF tags), None where one is not known; without them, they are
    identified.
    """

    def __init__(self, texts: Sequence[str], languages: Sequence[str | None] | None = None) -> None:
        self.texts, self.languages = texts, languages

    def among(self, rows: Sequence[int]) -> Phrases:
        """The phrases of some of the texts, which are then counted from 0 in the order of ``rows``."""
        languages = None if self.languages is None else [self.languages[row] for row in rows]
        other = Phrases([self.texts[row] for row in rows], languages)
        phrases, presence, _ = self._held
        own = presence[np.asarray(rows, np.intp)]
        columns = np.flatnonzero(own.getnnz(axis=0))
        own = own[:, columns]
        other._written = [self._written[row] for row in rows]
        other._held = Held([phrases[column] for column in columns.tolist()], own, own.tocsc())
        return other

    @cached_property
    def _written(self) -> list[Written]:
        tags = text_languages(self.texts, self.languages)
        plain = (normal(text.replace(REMOVED, ". ")) for text in self.texts)  # no phrase goes across what was removed
        return [Written(text, tag) for text, tag in zip(plain, tags, strict=True)]

    @cached_property
    def _held(self) -> Held:
        return held_phrases(self._written, MOST)

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
        only: Container[int] | None = None,
    ) -> list[list[str]]:
        """``distinguishing_phrases`` of these texts; of groups that are not among ``only``, where it is given, none."""
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
        phrases = list[list[str]]()
        for group, rows in enumerate(rows_of):
            if only is not None and group not in only:
                phrases.append([])
                continue
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
            phrases.append(_first_apart(best, instead, words, holders, group_of, self._written, count, support))
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
    texts: Sequence[Written],
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
                chosen.append(_shown(words[option], [texts[row] for row in rows[:_LOOKED_AT]]))
                break
        if len(chosen) == count:
            break
    return chosen


def _shown(key: str, texts: Sequence[Written]) -> str:
    """The phrase with this key as most of the texts write it."""
    if all(one.language == ENGLISH for one in texts):
        return as_written(key, [one.text for one in texts])
    forms = [(phrase, one.language) for one in texts for own, phrase in phrases_of(one) if own == key]
    others = sorted({phrase for phrase, _ in forms})
    return as_written(usual_form(forms) or key, [one.text for one in texts], others)


def _preference(phrase: str) -> float:
    """How much more a phrase says than an equally common word."""
    parts = phrase.split(" ")
    if not unspaced(phrase):
        return _LONGER[len(parts) - 1]
    return _CHARACTER if len(parts) == 2 and len(parts[1]) == 1 else _UNSPACED[len(parts) - 1]
