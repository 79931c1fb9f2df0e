"""Distinguishing phrases of groups: class-based TF-IDF over words and word pairs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

_TOKEN = r"(?u)\b[^\W\d_][\w'-]+\b"
_LIFT = 1.5  # how many times more common in its group than elsewhere a phrase is


@cache
def stopwords() -> tuple[str, ...]:
    """Words of every request, in the languages most users write: they never tell one group from another."""
    return tuple(files("clioscope.naming").joinpath("stopwords.txt").read_text(encoding="utf-8").split())


def distinguishing_phrases(texts: Sequence[str], labels: NDArray[np.integer], count: int = 8) -> list[list[str]]:
    """The ``count`` most distinguishing words and word pairs of every group, best first.

    c-TF-IDF: share of the group's words times log(1 + mean words a group / words in all groups), as BERTopic
    defines it (Grootendorst 2022, section 3.3); a phrase must stand in two texts of its group where the group
    has five or more, and, where there are such, in half as many again of them as of all others: in large groups
    the frequent words win otherwise, which tell nothing. ``labels`` are 0..k-1, shape (n,).
    """
    import scipy.sparse as sparse
    from sklearn.feature_extraction.text import CountVectorizer

    groups = int(labels.max()) + 1 if len(labels) else 0
    vectorizer = CountVectorizer(
        ngram_range=(1, 2),
        token_pattern=_TOKEN,
        stop_words=list(stopwords()),
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
    phrases = []
    for start, end, size in zip(within.indptr[:-1], within.indptr[1:], sizes, strict=True):
        columns, frequency = within.indices[start:end], within.data[start:end]
        elsewhere = (total[columns] - frequency) / max(len(texts) - size, 1)
        kept = _kept(frequency, 2 if size >= 5 else 1, frequency / max(size, 1) >= _LIFT * elsewhere)
        phrases.append(_top(columns[kept], frequency[kept], inverse, words, count))
    return phrases


def _kept(frequency: NDArray[np.integer], least: int, lifted: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which phrases come into question: frequent and lifted ones, or else frequent ones, or else all."""
    frequent = frequency >= least
    for choice in (frequent & lifted, frequent):
        if choice.any():
            return choice
    return np.ones(len(frequency), dtype=bool)


def _top(
    columns: NDArray[np.integer],
    frequency: NDArray[np.integer],
    inverse: NDArray[np.float64],
    words: NDArray[np.object_],
    count: int,
) -> list[str]:
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
