"""Distinguishing phrases of groups: class-based TF-IDF over words and word pairs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_TOKEN = r"(?u)\b[^\W\d_][\w'-]+\b"
# Words of every request, in the languages most users write: they never tell one group from another.
STOP = frozenset(
    [
        "a",
        "about",
        "above",
        "after",
        "again",
        "all",
        "also",
        "am",
        "an",
        "and",
        "any",
        "are",
        "as",
        "at",
        "be",
        "because",
        "been",
        "before",
        "being",
        "below",
        "between",
        "both",
        "but",
        "by",
        "can",
        "could",
        "did",
        "do",
        "does",
        "doing",
        "don",
        "down",
        "during",
        "each",
        "few",
        "for",
        "from",
        "further",
        "get",
        "give",
        "had",
        "has",
        "have",
        "having",
        "he",
        "help",
        "her",
        "here",
        "hers",
        "him",
        "his",
        "how",
        "i",
        "if",
        "in",
        "into",
        "is",
        "it",
        "its",
        "itself",
        "just",
        "know",
        "let",
        "like",
        "make",
        "me",
        "more",
        "most",
        "my",
        "need",
        "no",
        "nor",
        "not",
        "now",
        "of",
        "off",
        "on",
        "once",
        "only",
        "or",
        "other",
        "our",
        "out",
        "over",
        "own",
        "please",
        "provide",
        "same",
        "she",
        "should",
        "so",
        "some",
        "such",
        "tell",
        "than",
        "that",
        "the",
        "their",
        "them",
        "then",
        "there",
        "these",
        "they",
        "this",
        "those",
        "through",
        "to",
        "too",
        "under",
        "until",
        "up",
        "us",
        "use",
        "used",
        "using",
        "user",
        "users",
        "very",
        "want",
        "wants",
        "was",
        "we",
        "were",
        "what",
        "when",
        "where",
        "which",
        "while",
        "who",
        "whom",
        "why",
        "will",
        "with",
        "would",
        "you",
        "your",
        "и",
        "в",
        "во",
        "не",
        "что",
        "он",
        "на",
        "я",
        "с",
        "со",
        "как",
        "а",
        "то",
        "все",
        "она",
        "так",
        "его",
        "но",
        "да",
        "ты",
        "к",
        "у",
        "же",
        "вы",
        "за",
        "бы",
        "по",
        "только",
        "ее",
        "мне",
        "было",
        "вот",
        "от",
        "меня",
        "еще",
        "нет",
        "о",
        "из",
        "ему",
        "теперь",
        "когда",
        "даже",
        "ну",
        "ли",
        "если",
        "уже",
        "или",
        "ни",
        "быть",
        "был",
        "него",
        "до",
        "вас",
        "для",
        "мы",
        "при",
        "чтобы",
        "это",
        "этот",
        "эта",
        "мой",
        "моя",
        "какой",
        "можно",
        "нужно",
        "хочу",
        "помоги",
    ]
)


def distinguishing_phrases(texts: Sequence[str], labels: NDArray[np.integer], count: int = 8) -> list[list[str]]:
    """The ``count`` most distinguishing words and word pairs of every group, best first.

    c-TF-IDF: share of the group's words times log(1 + mean words a group / words in all groups), as BERTopic
    defines it (Grootendorst 2022, section 3.3); a phrase must stand in two texts of its group where the group
    has five or more. ``labels`` are 0..k-1, shape (n,).
    """
    import scipy.sparse as sparse
    from sklearn.feature_extraction.text import CountVectorizer

    groups = int(labels.max()) + 1 if len(labels) else 0
    vectorizer = CountVectorizer(
        ngram_range=(1, 2),
        token_pattern=_TOKEN,
        stop_words=sorted(STOP),
        max_features=200_000,
        dtype=np.int32,
    )
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
    mean = total.sum() / max(groups, 1)
    inverse = np.log1p(mean / np.maximum(total, 1))
    words = vectorizer.get_feature_names_out()
    return [
        _top(within.indices[start:end], within.data[start:end], inverse, words, 2 if size >= 5 else 1, count)
        for start, end, size in zip(within.indptr[:-1], within.indptr[1:], sizes, strict=True)
    ]


def _top(
    columns: NDArray[np.integer],
    frequency: NDArray[np.integer],
    inverse: NDArray[np.float64],
    words: NDArray[np.object_],
    least: int,
    count: int,
) -> list[str]:
    if (frequency >= least).any():
        columns, frequency = columns[frequency >= least], frequency[frequency >= least]
    pair = np.array([" " in words[column] for column in columns], dtype=np.float64)
    score = frequency / max(int(frequency.sum()), 1) * inverse[columns] * (1 + 0.5 * pair)
    chosen: list[str] = []
    for index in np.lexsort((columns, -score)):
        phrase = str(words[columns[index]])
        if not any(_overlap(phrase, other) for other in chosen):
            chosen.append(phrase)
        if len(chosen) == count:
            break
    return chosen


def _overlap(phrase: str, other: str) -> bool:
    return bool(set(phrase.split()) & set(other.split()))
