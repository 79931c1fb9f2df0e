"""Distinguishing phrases of groups: class-based TF-IDF over words and runs of words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from clioscope.conversations.texts.stopwords import stopwords
from clioscope.conversations.texts.words import divided, joined, marks, normal, unspaced

if TYPE_CHECKING:
    from clioscope.naming.support import Support

_KANA = re.compile("[\u3041-\u309f\u30fc]{1,2}")  # so short, hiragana is grammar
_LIFT = 1.5  # a phrase must be this many times as common in its group as elsewhere
_LONGER = (1.0, 1.5, 1.6)  # by number of words: of two equally common phrases, the longer says more
# Dictionaries often divide a run without blanks at the wrong place, so a word is a better name than words in a
# row, unless the second is a single character ("plum", "tree").
_UNSPACED = (1.0, 0.8, 0.7)
_CHARACTER = 1.05
_LOOKED_AT = 20  # texts that decide how a phrase is written


def distinguishing_phrases(
    texts: Sequence[str], labels: NDArray[np.integer], count: int = 8, support: Support | None = None
) -> list[list[str]]:
    """The ``count`` most distinguishing phrases of every group 0..k-1, best first, no word twice.

    ``texts`` (n) are the conversations, ``labels`` (n,) their groups. A phrase is a word, two words in a row, or three
    words in a row whose middle one may be a stop word ("point of view"). It is written as most texts write it.

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
        lifted = frequent & (frequency / max(sizes[group], 1) >= _LIFT * elsewhere)
        kept = lifted if lifted.any() else frequent
        order = np.lexsort((columns[kept], -frequency[kept] * weight[columns[kept]]))
        phrases.append(_first_apart(columns[kept][order], words, holders, labels, group, texts, count, support))
    return phrases


def _first_apart(
    columns: NDArray[np.integer],
    words: NDArray[np.object_],
    holders: Any,
    labels: NDArray[np.integer],
    group: int,
    texts: Sequence[str],
    count: int,
    support: Support | None,
) -> list[str]:
    """The first ``count`` of the phrases ``columns`` that share no word and have enough support, as written."""
    members = np.flatnonzero(labels == group).tolist()
    chosen: list[str] = []
    taken: set[str] = set()
    for column in columns:
        own = set(words[column].split()) - stopwords()
        if own & taken:
            continue
        rows = holders.indices[holders.indptr[column] : holders.indptr[column + 1]]
        rows = np.sort(rows[labels[rows] == group]).tolist()
        if support is not None and not support.backed(rows, members):
            continue
        taken |= own
        chosen.append(_as_written(str(words[column]), [texts[row] for row in rows[:_LOOKED_AT]]))
        if len(chosen) == count:
            break
    return chosen


def _phrases(text: str) -> Iterator[str]:
    """The words of a text that say something, and the runs of two and three words that begin and end with one."""
    for run in _runs(text.lower()):
        tells = [_tells(word) for word in run]
        for start, first in enumerate(run):
            if not tells[start]:
                continue
            if len(first) > 1:  # an ideograph alone is more often a piece of a word
                yield first
            for end in (start + 2, start + 3):
                if end <= len(run) and tells[end - 1] and len(set(run[start:end])) == end - start:
                    yield " ".join(run[start:end])


def _preference(phrase: str) -> float:
    """How much more a phrase says than an equally common word."""
    parts = phrase.split(" ")
    if not unspaced(phrase):
        return _LONGER[len(parts) - 1]
    return _CHARACTER if len(parts) == 2 and len(parts[1]) == 1 else _UNSPACED[len(parts) - 1]


def _tells(word: str) -> bool:
    """Whether a word says something about a topic: it is no stop word and no single letter."""
    if word in stopwords() or _KANA.fullmatch(word):
        return False
    return len(word) > 1 or unspaced(word)


def _runs(text: str) -> Iterator[list[str]]:
    """Runs of words without punctuation or a number between them."""
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
    start = "" if unspaced(phrase[0]) else rf"(?<![\w{marks()}])"
    end = "" if unspaced(phrase[-1]) else rf"(?![\w{marks()}])"
    inside: Counter[str] = Counter()
    first: Counter[str] = Counter()
    for text in texts:
        for match in re.finditer(start + pattern + end, text, re.IGNORECASE):
            before = text[: match.start()].rstrip(" \t\"'“«(*-")
            written = " ".join(match.group().split())
            (inside if before and before[-1] not in ".!?:\n" else first)[written] += 1
    seen = inside or first
    return min(seen, key=lambda written: (-seen[written], written)) if seen else plain
