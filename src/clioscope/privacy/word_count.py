"""How many people stand behind each word of a name that is to be published.

``naming.support`` looks at names of people and things only: a word in small letters is no detail there. But a rare
illness is written in small letters, and a model that obeys a planted conversation repeats it. So every word of a
published name is counted here, as a reader sees it: hidden characters are taken out, and letters of another alphabet
make another word.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from clioscope.conversations.texts.forms import base_form
from clioscope.conversations.texts.processes import in_processes
from clioscope.conversations.texts.stopwords import plain_verbs, stopwords, vague_words
from clioscope.conversations.texts.words import found_words, marks, normal
from clioscope.naming.people import Authors, count_people
from clioscope.naming.postings import Numbered, Postings, numbered
from clioscope.naming.tongues import ENGLISH, text_languages
from clioscope.naming.wording import built_in_phrases

if TYPE_CHECKING:
    from collections.abc import Hashable

    from numpy.typing import NDArray

MOST = 100  # people that are counted at most
_SPREAD = 0.2  # share of all groups
_PART = 3  # letters of a part of a compound that counts as a word
# Words of any description.
_TOLD = frozenset(
    """
    users user asked wanted requested sought needed also they their various requests questions
    пользователи пользователь просили спрашивали хотели также они разные просьбы вопросы
    """.split()  # noqa: SIM905
)


class WordCount:
    """The words of every conversation, and who wrote it.

    ``texts`` (n) are everything known of each conversation, ``owners`` (n) and ``copies`` (n) as for
    ``naming.people.Authors``, ``groups`` (n) the base groups, ``languages`` (n) the languages of the texts as IETF tags
    (None: they are identified).
    """

    def __init__(
        self,
        texts: Sequence[str],
        owners: Sequence[Sequence[Any]],
        copies: Sequence[int] | None,
        groups: Sequence[Hashable],
        languages: Sequence[str | None] | None = None,
    ) -> None:
        self._authors = Authors(owners, copies)
        self._groups = groups
        tags = text_languages(texts, languages)
        self._languages = sorted(set(tags) - {ENGLISH})
        self._holders = Postings(in_processes(_numbered, list(zip(texts, tags, strict=True))))
        self._spread = _SPREAD * len(set(groups))
        self._common: dict[str, int] = {}  # how many people of how many groups wrote a form, where that was asked

    def people(self, label: str, members: Sequence[int] | NDArray[np.integer[Any]]) -> int:
        """The fewest people behind any word of a label, at most 100; 100 for a label of words that say nothing.

        ``members`` are the rows of the group. A word counts the people of the group who wrote it in some form. A word
        that nobody in the group wrote counts nobody, unless it is common everywhere: people of a fifth of all groups,
        another person in each, wrote it. Then it counts these.
        """
        return min((self._behind(word, members) for word in seen_words(label) if not _says_nothing(word)), default=MOST)

    def _behind(self, word: str, members: Sequence[int] | NDArray[np.integer[Any]]) -> int:
        whole, *parts = _forms(word)
        keys = [whole, *(_in_language(word, tag) for tag in self._languages)]
        rows = np.unique(np.concatenate([self._holders.rows_among(key, members) for key in keys]))
        if len(rows):
            return self._people(rows)
        if parts and all(len(part) >= _PART for part in parts):
            return min(self._behind_form(part, members) for part in parts)
        return self._everywhere(whole)

    def _behind_form(self, form: str, members: Sequence[int] | NDArray[np.integer[Any]]) -> int:
        rows = self._holders.rows_among(form, members)
        return self._people(rows) if len(rows) else self._everywhere(form)

    def _people(self, rows: NDArray[np.integer[Any]]) -> int:
        return self._authors.people(rows.tolist(), MOST)

    def _everywhere(self, form: str) -> int:
        if form not in self._common:
            pairs = ((self._authors.of(row), self._groups[row]) for row in self._holders.rows(form).tolist())
            found = count_people(pairs, max(MOST, int(self._spread) + 1))
            self._common[form] = min(found, MOST) if found >= self._spread else 0
        return self._common[form]


def seen_words(text: str) -> list[str]:
    """The words of a text as a reader sees them, in small letters: without characters that have no width."""
    plain = text
    if not text.isascii():
        plain = normal(unicodedata.normalize("NFKC", text).translate(_without_width()))
    return [word.casefold() for word in found_words(plain, _pattern())]


def _says_nothing(word: str) -> bool:
    plain = word.removesuffix("'s").removesuffix("’s")
    return plain in stopwords() or plain in plain_verbs() or plain in vague_words() or plain in _told()


@cache
def _told() -> frozenset[str]:
    """Words of any description, and those of the sentences that descriptions without a model are made of."""
    return _TOLD | {word for text in built_in_phrases() for word in seen_words(re.sub(r"{\w+}", " ", text))}


def _numbered(texts: Sequence[tuple[str, str]]) -> Numbered:
    """The keys of the words of some texts, of which the language is known."""
    return numbered(_keys(text, tag) for text, tag in texts)


def _keys(text: str, language: str) -> set[str]:
    """The keys by which the words of a text are found: stems, and except in English the forms of its language."""
    seen = set(seen_words(text))
    keys = {stem for word in seen for stem in _forms(word)}
    return keys if language == ENGLISH else keys | {_in_language(word, language) for word in seen}


def _in_language(word: str, language: str) -> str:
    """The key of all forms of a word in a language; a stem of English or Russian is no such key."""
    return f"{language}:{base_form(word, language)}"


@cache
def _without_width() -> dict[int, None]:
    """Characters that have no width, to be taken out."""
    return {point: None for point in range(sys.maxunicode + 1) if unicodedata.category(chr(point)) == "Cf"}


@cache
def _pattern() -> re.Pattern[str]:
    own = rf"\w{marks()}"
    return re.compile(rf"\w[{own}'’.-]*[{own}]|\w")


@cache
def _forms(word: str) -> tuple[str, ...]:
    """The stem of a word, and those of its parts if it is a compound."""
    parts = re.split(r"[-.]", word)
    stems = [_stem(part) for part in parts if part]
    return (_stem(word), *stems) if len(stems) > 1 else (_stem(word),)


@cache
def _stem(word: str) -> str:
    """The stem of an English or Russian word; any other word as it is."""
    plain = word.removesuffix("'s").removesuffix("’s")
    if plain.isascii():
        return str(_stemmer("english").stemWord(plain))
    if re.fullmatch("[а-яё]+", plain):
        return str(_stemmer("russian").stemWord(plain.replace("ё", "е")))
    return plain


@cache
def _stemmer(language: str) -> Any:
    import snowballstemmer

    return snowballstemmer.stemmer(language)
