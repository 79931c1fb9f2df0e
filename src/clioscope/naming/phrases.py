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
_LIFT = 1.5  # how many times more common in its group than elsewhere a phrase is
_LONGER = (1.0, 1.5, 1.6)  # by words: of two phrases as common the longer one says more
# Dictionaries often divide a run without blanks at the wrong place, so a word is a better name than words that stand
# together, unless the second is a single character ("plum", "tree").
_UNSPACED = (1.0, 0.8, 0.7)
_CHARACTER = 1.05
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
    """How much more a phrase says than a word that is as common."""
    parts = phrase.split(" ")
    if not unspaced(phrase):
        return _LONGER[len(parts) - 1]
    return _CHARACTER if len(parts) == 2 and len(parts[1]) == 1 else _UNSPACED[len(parts) - 1]


def _tells(word: str) -> bool:
    if word in stopwords() or _KANA.fullmatch(word):
        return False
    return len(word) > 1 or unspaced(word)


def _runs(text: str) -> Iterator[list[str]]:
    """Words that stand together, without punctuation or a number between them."""
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
    """A word, and what no phrase goes across."""
    own = rf"\w{marks()}"
    return re.compile(rf"[^\W\d_][{marks()}]*(?:[{own}'’-]*[{own}])?"), re.compile(rf"[^{own}\s'’-]+")


def _as_written(phrase: str, texts: Sequence[str]) -> str:
    """The commonest way to write a phrase: "SQL", "machine learning". At the start of a sentence, where a capital
    tells nothing, it counts only if it stands nowhere else."""
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
    return min(seen, key=lambda one: (-seen[one], one)) if seen else plain
