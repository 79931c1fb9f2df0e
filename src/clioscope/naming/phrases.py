"""Distinguishing phrases of groups: class-based TF-IDF over words and runs of words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from clioscope.conversations.texts.stopwords import plain_verbs, stopwords, vague_words
from clioscope.conversations.texts.words import divided, joined, marks, normal, unspaced

if TYPE_CHECKING:
    from clioscope.naming.support import Part, Support

_KANA = re.compile("[\u3041-\u309f\u30fc]{1,2}")  # so short, hiragana is grammar
_LIFT = 1.5  # a phrase must be this many times as common in its group as elsewhere
_LONGER = (1.0, 2.0, 2.2)  # by number of words: of two equally common phrases, the longer says more
# Dictionaries often divide a run without blanks at the wrong place, so a word is a better name than words in a
# row, unless the second is a single character ("plum", "tree").
_UNSPACED = (1.0, 0.8, 0.7)
_CHARACTER = 1.05
_LOOKED_AT = 20  # texts that decide how a phrase is written
_FRAGMENT = 0.75  # a phrase that stands in a longer one so often is a piece of it
_CONSIDERED = 300  # best phrases of a group among which pieces are looked for
# Stop words that may stand inside a phrase: "point of view", "история для детей".
_LINKING = """
    of for in on to and with from by about at vs или и в на для из о с по к под за у з та від про де von für und et de
    des du à en y del para con per amb da do dos das em com ve
"""
_LINKS = frozenset(_LINKING.split())


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
    import scipy.sparse as sparse
    from sklearn.feature_extraction.text import CountVectorizer

    groups = int(labels.max()) + 1 if len(labels) else 0
    texts = [normal(text) for text in texts]
    vectorizer = CountVectorizer(analyzer=_phrases, max_features=200_000, dtype=np.int32)
    try:
        presence = vectorizer.fit_transform(texts)
    except ValueError:  # no words at all
        return [[] for _ in range(groups)]
    presence.data[:] = 1
    member = sparse.csr_matrix(
        (np.ones(len(labels), dtype=np.int32), (labels, np.arange(len(labels)))), shape=(groups, len(labels))
    )
    within = (member @ presence).tocsr()
    total = np.asarray(within.sum(axis=0)).ravel()
    sizes = np.bincount(labels, minlength=groups)
    inverse = np.log1p(total.sum() / max(groups, 1) / np.maximum(total, 1))
    words = vectorizer.get_feature_names_out()
    weight = inverse * np.array([_preference(word) for word in words])
    holders = presence.tocsc()
    phrases = []
    for group in range(groups):
        start, end = within.indptr[group : group + 2]
        columns, frequency = within.indices[start:end], within.data[start:end]
        elsewhere = (total[columns] - frequency) / max(len(texts) - sizes[group], 1)
        frequent = frequency >= (2 if sizes[group] >= 5 else 1)
        risen = frequent & (frequency / max(sizes[group], 1) >= _LIFT * elsewhere)
        kept = risen if lifted or risen.any() else frequent
        order = np.lexsort((columns[kept], -frequency[kept] * weight[columns[kept]]))
        best, often = columns[kept][order], frequency[kept][order]
        wholes = _wholes([str(words[column]) for column in best[:_CONSIDERED]], often)
        instead = {str(short): int(best[place]) for short, place in wholes.items()}
        phrases.append(_first_apart(best, instead, words, holders, labels, group, texts, count, support))
    return phrases


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
    words: NDArray[np.object_],
    holders: Any,
    labels: NDArray[np.integer],
    group: int,
    texts: Sequence[str],
    count: int,
    support: Support | Part | None,
) -> list[str]:
    """The first ``count`` of the phrases ``columns`` that share no word and have enough support, as written.

    ``instead``: the column of the longer phrase that stands for a phrase, where that one can be taken too.
    """
    members = np.flatnonzero(labels == group).tolist()
    chosen: list[str] = []
    taken: set[str] = set()

    def rows_of(column: int) -> list[int]:
        """The members that hold the phrase, or none where they are too few or a word of it is taken."""
        if (set(words[column].split()) - stopwords()) & taken:
            return []
        rows = holders.indices[holders.indptr[column] : holders.indptr[column + 1]]
        found: list[int] = np.sort(rows[labels[rows] == group]).tolist()
        return found if support is None or support.backed(found, members) else []

    for column in columns:
        options = [instead.get(str(words[column]), int(column)), int(column)]
        for option in options:
            if rows := rows_of(option):
                taken |= set(words[option].split()) - stopwords()
                chosen.append(_as_written(str(words[option]), [texts[row] for row in rows[:_LOOKED_AT]]))
                break
        if len(chosen) == count:
            break
    return chosen


def _phrases(text: str) -> Iterator[str]:
    """The words of a text that say something, and the runs of two and three words that begin and end with one."""
    vague = vague_words()
    for run in _runs(text.lower()):
        tells = [_tells(word) for word in run]
        for start, first in enumerate(run):
            if not tells[start]:
                continue
            # An ideograph alone is more often a piece of a word.
            if len(first) > 1 and first not in vague and not _possessive(first):
                yield first
            for end in (start + 2, start + 3):
                words = run[start:end]
                if end > len(run) or not tells[end - 1] or len(set(words)) < end - start:
                    continue
                if vague.issuperset(words) or _possessive(words[-1]):
                    continue
                if end == start + 2 or tells[start + 1] or _links(words[1]):
                    yield " ".join(words)


def _possessive(word: str) -> bool:
    """Whether a word waits for what belongs to it: "tomorrow's"."""
    return word.endswith(("'s", "’s"))


def _links(word: str) -> bool:
    """Whether a stop word may stand inside a phrase. Scripts without blanks have no such words, but parts of words."""
    return word in _LINKS or (unspaced(word) and word not in plain_verbs())


def _preference(phrase: str) -> float:
    """How much more a phrase says than an equally common word."""
    parts = phrase.split(" ")
    if not unspaced(phrase):
        return _LONGER[len(parts) - 1]
    return _CHARACTER if len(parts) == 2 and len(parts[1]) == 1 else _UNSPACED[len(parts) - 1]


def _tells(word: str) -> bool:
    """Whether a word says something about a topic: it is no stop word, no verb of any request, and no single letter."""
    if word in stopwords() or word in plain_verbs() or _KANA.fullmatch(word):
        return False
    before, mark, after = word.replace("’", "'").partition("'")
    if mark and (
        before in stopwords() or after == "t" or (len(before) < 3 and (len(after) < 3 or after in stopwords()))
    ):
        return False  # "what's", "don't", "j'ai"
    return len(word) > 1 or unspaced(word)


def _runs(text: str) -> Iterator[list[str]]:
    """Runs of words of one clause: there is no punctuation and no number between them."""
    word, gap = _patterns()
    for part in gap.split(text):
        run: list[str] = []
        for piece in part.split():
            plain = piece.strip("'’-_")
            for start, end in divided(plain, 0, len(plain)) if plain else [(0, 0)]:
                if word.fullmatch(plain[start:end]):
                    run.append(plain[start:end])
                elif run:
                    yield run
                    run = []
        if run:
            yield run


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


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """The pattern of a word, and of the characters that end a phrase."""
    own = rf"\w{marks()}"
    return re.compile(rf"[^\W\d_][{marks()}]*(?:[{own}'’-]*[{own}])?"), re.compile(rf"[^{own}\s'’-]+")


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
