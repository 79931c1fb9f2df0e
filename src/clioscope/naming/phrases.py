"""Distinguishing phrases of groups: class-based TF-IDF over words and runs of words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from clioscope.naming.stopwords import stopwords

if TYPE_CHECKING:
    from clioscope.naming.support import Support

_WORD = re.compile(r"[^\W\d_](?:[\w'’-]*\w)?")
_BREAK = re.compile(r"[^\w\s'’-]+")  # no phrase goes across
_LIFT = 1.5  # how many times more common in its group than elsewhere a phrase is
_LONGER = np.array([1.0, 1.5, 1.6])  # by words: of two phrases as common the longer one says more
_LOOKED_AT = 20  # texts in which is seen how a phrase is written


def distinguishing_phrases(
    texts: Sequence[str], labels: NDArray[np.integer], count: int = 8, support: Support | None = None
) -> list[list[str]]:
    """The ``count`` most distinguishing phrases of every group, best first, no word twice.

    A phrase is a word, two words that stand together, or three of which the middle one may be a stop word ("point of
    view"), written as most texts write it. c-TF-IDF: share of the group's phrases times log(1 + mean phrases a group /
    phrase in all groups), as BERTopic defines it (Grootendorst 2022, section 3.3). A phrase must be backed by as many
    people as ``support`` asks for (without it: stand in two texts of its group where the group has five or more),
    and, where there are such, stand in half as many again of the group's texts as of all others: in large groups the
    frequent words win otherwise, which tell nothing. ``labels`` are 0..k-1, shape (n,).
    """
    import scipy.sparse as sparse
    from sklearn.feature_extraction.text import CountVectorizer

    groups = int(labels.max()) + 1 if len(labels) else 0
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
    weight = inverse * _LONGER[np.array([word.count(" ") for word in words])]
    holders = presence.tocsc()
    found = []
    for group in range(groups):
        start, end = within.indptr[group : group + 2]
        columns, frequency = within.indices[start:end], within.data[start:end]
        elsewhere = (total[columns] - frequency) / max(len(texts) - sizes[group], 1)
        frequent = frequency >= (2 if sizes[group] >= 5 else 1)
        lifted = frequent & (frequency / max(sizes[group], 1) >= _LIFT * elsewhere)
        kept = lifted if lifted.any() else frequent
        order = np.lexsort((columns[kept], -frequency[kept] * weight[columns[kept]]))
        found.append(_chosen(columns[kept][order], words, holders, labels, group, texts, count, support))
    return found


def _chosen(
    columns: NDArray[np.integer],
    words: NDArray[np.object_],
    holders: Any,
    labels: NDArray[np.integer],
    group: int,
    texts: Sequence[str],
    count: int,
    support: Support | None,
) -> list[str]:
    """The first ``count`` of the phrases ``columns`` that share no word and are backed, as they are written."""
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
    """The words of a text and the runs of two and three that begin and end with a word that tells something."""
    common = stopwords()
    for run in _runs(text.lower()):
        tells = [len(word) > 1 and word not in common for word in run]
        for start, first in enumerate(run):
            if not tells[start]:
                continue
            yield first
            for end in (start + 2, start + 3):
                if end <= len(run) and tells[end - 1] and len(set(run[start:end])) == end - start:
                    yield " ".join(run[start:end])


def _runs(text: str) -> Iterator[list[str]]:
    """Words that stand together, without punctuation or a number between them."""
    for part in _BREAK.split(text):
        run: list[str] = []
        for word in part.split():
            plain = word.strip("'’-_")
            if _WORD.fullmatch(plain):
                run.append(plain)
            elif run:
                yield run
                run = []
        if run:
            yield run


def _as_written(phrase: str, texts: Sequence[str]) -> str:
    """The commonest way to write a phrase: "SQL", "machine learning". At the start of a sentence, where a capital
    tells nothing, it counts only if it stands nowhere else."""
    pattern = re.compile(r"(?<!\w)" + r"\s+".join(map(re.escape, phrase.split())) + r"(?!\w)", re.IGNORECASE)
    inside: Counter[str] = Counter()
    first: Counter[str] = Counter()
    for text in texts:
        for match in pattern.finditer(text):
            before = text[: match.start()].rstrip(" \t\"'“«(*-")
            written = " ".join(match.group().split())
            (inside if before and before[-1] not in ".!?:\n" else first)[written] += 1
    seen = inside or first
    return min(seen, key=lambda one: (-seen[one], one)) if seen else phrase
