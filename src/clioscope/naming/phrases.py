"""Distinguishing phrases of groups: class-based TF-IDF over words and runs of words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.conversations.texts.forms import base_form
from clioscope.conversations.texts.stopwords import plain_verbs, stopwords, stopwords_of, vague_words
from clioscope.conversations.texts.words import divided, marks, normal, unspaced
from clioscope.naming.tongues import ENGLISH, text_languages
from clioscope.naming.written import as_written, usual_form

if TYPE_CHECKING:
    from clioscope.naming.support import Part, Support


class Written(NamedTuple):
    """A text, and the language it is in (its IETF tag)."""

    text: str
    language: str


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
    texts write it. No phrase begins or ends with a verb that any request may have ("write", "explain") or with a stop
    word of its text's language, and none consists of vague words ("time", "information"). The forms of a word count as
    one word, except in English. A phrase that mostly stands in a longer one gives way to it.

    Phrases are ranked by c-TF-IDF: the share of the group's phrases times log(1 + mean phrases per group / phrase in
    all groups), as BERTopic defines it (Grootendorst 2022, section 3.3). As many people as ``support`` asks for must
    have written a phrase. Without ``support``, two texts of a group of five or more must hold it. Phrases that are at
    least 1.5 times as common in the group as elsewhere leave out all others: else frequent words that say little win
    in large groups.
    """
    import scipy.sparse as sparse
    from sklearn.feature_extraction.text import CountVectorizer

    groups = int(labels.max()) + 1 if len(labels) else 0
    written = [Written(normal(text), tag) for text, tag in zip(texts, text_languages(texts, labels), strict=True)]
    vectorizer = CountVectorizer(analyzer=_keys, max_features=200_000, dtype=np.int32)
    try:
        presence = vectorizer.fit_transform(written)
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
        phrases.append(_first_apart(best, instead, words, holders, labels, group, written, count, support))
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
    texts: Sequence[Written],
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
                chosen.append(_shown(str(words[option]), [texts[row] for row in rows[:_LOOKED_AT]]))
                break
        if len(chosen) == count:
            break
    return chosen


def _keys(written: Written) -> Iterator[str]:
    return (key for key, _ in _phrases(written))


def _shown(key: str, texts: Sequence[Written]) -> str:
    """The phrase with this key as most of the texts write it."""
    if all(one.language == ENGLISH for one in texts):
        return as_written(key, [one.text for one in texts])
    forms = [(phrase, one.language) for one in texts for own, phrase in _phrases(one) if own == key]
    others = sorted({phrase for phrase, _ in forms})
    return as_written(usual_form(forms) or key, [one.text for one in texts], others)


def _phrases(written: Written) -> Iterator[tuple[str, str]]:
    """The words of a text that say something, and the runs of two and three words that begin and end with one.

    Each is a key, which is the same for all forms of its words, and the phrase itself in small letters.
    """
    vague, language = vague_words(), written.language
    for run in _runs(written.text.lower()):
        forms = [base_form(word, language) for word in run]
        tells = [_tells(word, form, language) for word, form in zip(run, forms, strict=True)]
        for start, first in enumerate(run):
            if not tells[start]:
                continue
            # An ideograph alone is more often a piece of a word.
            if len(first) > 1 and not vague & {first, forms[start]} and not _possessive(first):
                yield forms[start], first
            for end in (start + 2, start + 3):
                words, own = run[start:end], forms[start:end]
                if end > len(run) or not tells[end - 1] or len(set(own)) < end - start:
                    continue
                if all(vague & {word, form} for word, form in zip(words, own, strict=True)) or _possessive(words[-1]):
                    continue
                if end == start + 2 or tells[start + 1] or _links(words[1]):
                    yield " ".join(own), " ".join(words)


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


def _tells(word: str, form: str, language: str) -> bool:
    """Whether a word says something about a topic: it is no stop word, no verb of any request, and no single letter.

    ``form`` is its base form: where that is a stop word, so are the others.
    """
    if word in stopwords() or word in plain_verbs() or _KANA.fullmatch(word):
        return False
    empty = stopwords_of(language)
    if word in empty or (form != word and (form in empty or form in plain_verbs())):
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


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """The pattern of a word, and of the characters that end a phrase."""
    own = rf"\w{marks()}"
    return re.compile(rf"[^\W\d_][{marks()}]*(?:[{own}'’-]*[{own}])?"), re.compile(rf"[^{own}\s'’-]+")
