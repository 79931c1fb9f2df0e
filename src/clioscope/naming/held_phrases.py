"""Which phrases each text holds: words and runs of words that say something about a topic.

A phrase has a key, which is the same for all forms of its words: "игра для детей" and "игры для детей" are one. Of an
English text, the key is the phrase itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.conversations.texts.forms import base_form
from clioscope.conversations.texts.processes import in_processes
from clioscope.conversations.texts.stopwords import plain_verbs, stopwords, stopwords_of, vague_words
from clioscope.conversations.texts.words import divided, marks, unspaced

_KANA = re.compile("[\u3041-\u309f\u30fc]{1,2}")  # so short, hiragana is grammar
# Stop words that may stand inside a phrase: "point of view", "история для детей".
_LINKING = """
    of for in on to and with from by about at vs или и в на для из о с по к под за у з та від про де von für und et de
    des du à en y del para con per amb da do dos das em com ve
"""
_LINKS = frozenset(_LINKING.split())
_KEPT = 1 << 18  # words that are remembered


class Written(NamedTuple):
    """A ``text``, and the ``language`` that it is in (its IETF tag)."""

    text: str
    language: str


class Held(NamedTuple):
    """``phrases`` (m), sorted, by their keys; ``presence`` (n, m): whether each text holds each phrase, as a sparse
    matrix of 0 and 1 by rows; ``holders``: the same by columns."""

    phrases: list[str]
    presence: Any
    holders: Any


def held_phrases(texts: Sequence[Written], most: int) -> Held:
    """The phrases of ``texts`` (n), at most ``most``, those of the most texts; of equally frequent ones some.

    A phrase is a word, two words in a row, or three words in a row whose middle one may be a preposition, in small
    letters. Phrases are counted by hashes of 64 bits, since millions of texts have millions of phrases.
    """
    from scipy.sparse import csr_matrix

    blocks = list(_blocks(texts))
    kept = _most_frequent([hashes for _, hashes in blocks], most)
    rows, places = [np.zeros(0, np.int32)], [np.zeros(0, np.int64)]
    while blocks:
        own, hashes = blocks.pop(0)
        place = np.searchsorted(kept, hashes)
        there = np.flatnonzero(kept[np.minimum(place, len(kept) - 1)] == hashes) if len(kept) else place
        rows.append(own[there])
        places.append(place[there])
    row, place = np.concatenate(rows), np.concatenate(places)
    found = _as_strings(texts, row[np.unique(place, return_index=True)[1]], kept)
    order = sorted(range(len(found)), key=found.__getitem__)
    column = np.empty(len(found), np.int64)
    column[order] = np.arange(len(found))
    shape = (len(texts), len(found))
    presence = csr_matrix((np.ones(len(row), np.int32), (row, column[place])), shape=shape, dtype=np.int32)
    return Held([found[number] for number in order], presence, presence.tocsc())


def _blocks(texts: Sequence[Written]) -> Iterator[tuple[NDArray[np.int32], NDArray[np.uint64]]]:
    """The rows of all phrases, each once a row, and their hashes; by blocks of texts."""
    start = 0
    for sizes, hashes in in_processes(_phrases, texts):
        yield np.repeat(np.arange(start, start + len(sizes), dtype=np.int32), sizes), hashes
        start += len(sizes)


def _phrases(texts: Sequence[Written]) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
    """How many phrases each text has, and the hashes of the phrases of one text after another."""
    own = [{key for key, _ in phrases_of(one)} for one in texts]
    return np.fromiter(map(len, own), np.int64, len(own)), _hashes([phrase for some in own for phrase in some])


def _most_frequent(blocks: Sequence[NDArray[np.uint64]], most: int) -> NDArray[np.uint64]:
    """The hashes that occur most often in all blocks together, at most ``most``, rising."""
    counted = [np.unique(block, return_counts=True) for block in blocks]
    if not counted:
        return np.zeros(0, np.uint64)
    every = np.concatenate([hashes for hashes, _ in counted])
    often = np.concatenate([counts for _, counts in counted])
    order = np.argsort(every, kind="stable")
    every, often = every[order], often[order]
    first = np.flatnonzero(np.concatenate([[True], every[1:] != every[:-1]])) if len(every) else order
    different, sums = every[first], np.add.reduceat(often, first) if len(first) else often
    if len(different) <= most:
        return different
    return np.sort(different[np.lexsort((different, -sums))[:most]])


def _hashes(phrases: list[str]) -> NDArray[np.uint64]:
    """The same for the same phrase in every process."""
    import polars as pl

    return pl.Series(phrases, dtype=pl.String).hash(0).to_numpy()


def _as_strings(texts: Sequence[Written], rows: NDArray[np.integer[Any]], hashes: NDArray[np.uint64]) -> list[str]:
    """The phrases of the ``hashes`` (m,), each of which stands in the text of its one of ``rows`` (m,)."""
    wanted = np.unique(rows)
    phrases = sorted({key for row in wanted.tolist() for key, _ in phrases_of(texts[row])})
    known = _hashes(phrases)
    order = np.argsort(known, kind="stable")
    places = order[np.searchsorted(known[order], hashes)]
    return [phrases[place] for place in places.tolist()]


def phrases_of(written: Written) -> Iterator[tuple[str, str]]:
    """The words of a text that say something, and the runs of two and three words that begin and end with one: the key
    of each, and the phrase itself in small letters."""
    vague, language = vague_words(), written.language
    for run in _runs(written.text.lower()):
        forms = [base_form(word, language) for word in run]
        tells = [_tells(word, form, language) for word, form in zip(run, forms, strict=True)]
        for start, first in enumerate(run):
            if not tells[start]:
                continue
            # An ideograph alone is more often a piece of a word.
            if len(first) > 1 and not (first in vague or forms[start] in vague) and not _possessive(first):
                yield forms[start], first
            for end in (start + 2, start + 3):
                words, own = run[start:end], forms[start:end]
                if end > len(run) or not tells[end - 1] or len(set(own)) < end - start:
                    continue
                if vague.issuperset(words) or vague.issuperset(own) or _possessive(words[-1]):
                    continue
                if end == start + 2 or tells[start + 1] or _links(words[1]):
                    yield " ".join(own), " ".join(words)


def _possessive(word: str) -> bool:
    """Whether a word waits for what belongs to it: "tomorrow's"."""
    return word.endswith(("'s", "’s"))


def _links(word: str) -> bool:
    """Whether a stop word may stand inside a phrase. Scripts without blanks have no such words, but parts of words."""
    return word in _LINKS or (unspaced(word) and word not in plain_verbs())


@lru_cache(_KEPT)
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
    for part in _patterns()[1].split(text):
        run: list[str] = []
        for piece in part.split():
            for word in _pieces(piece):
                if word:
                    run.append(word)
                elif run:
                    yield run
                    run = []
        if run:
            yield run


@lru_cache(_KEPT)
def _pieces(piece: str) -> tuple[str, ...]:
    """The words of what stands between two blanks; an empty one in place of what is no word."""
    word, plain = _patterns()[0], piece.strip("'’-_")
    parts = (plain[start:end] for start, end in divided(plain, 0, len(plain))) if plain else ("",)
    return tuple(part if word.fullmatch(part) else "" for part in parts)


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """The pattern of a word, and of the characters that end a phrase."""
    own = rf"\w{marks()}"
    return re.compile(rf"[^\W\d_][{marks()}]*(?:[{own}'’-]*[{own}])?"), re.compile(rf"[^{own}\s'’-]+")
