"""How many people stand behind each word of a name that is to be published.

``naming.support`` looks at names of people and things only: a word in small letters is no detail there. But a rare
illness is written in small letters, and a model that obeys a planted conversation repeats it. So every word of a
published name is counted here, as a reader sees it: hidden characters are taken out, and letters of another alphabet
make another word.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from clioscope.conversations.texts.forms import base_form
from clioscope.conversations.texts.stopwords import plain_verbs, stopwords, vague_words
from clioscope.conversations.texts.words import marks, normal, word_spans
from clioscope.naming.people import count_people
from clioscope.naming.tongues import ENGLISH, text_languages
from clioscope.naming.wording import built_in_words

if TYPE_CHECKING:
    from collections.abc import Hashable

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

    ``texts`` (n) are everything known of each conversation, ``owners`` (n) the users that wrote each, ``copies`` (n)
    are equal for near copies of one text, ``groups`` (n) the base groups. Where some conversations have a user, those
    without one count as written by one person together; where none has one, each as written by another person.
    """

    def __init__(
        self,
        texts: Sequence[str],
        owners: Sequence[Sequence[Any]],
        copies: Sequence[int] | None,
        groups: Sequence[Hashable],
    ) -> None:
        together = any(owners)
        self._owners = [tuple(users) or (("nobody", 0 if together else row),) for row, users in enumerate(owners)]
        self._copies = range(len(texts)) if copies is None else copies
        self._groups = groups
        self._rows: dict[str, list[int]] = {}
        numbers = {group: number for number, group in enumerate(dict.fromkeys(groups))}
        tags = text_languages(texts, np.array([numbers[group] for group in groups], dtype=np.int64))
        self._languages = sorted(set(tags) - {ENGLISH})
        for row, (text, tag) in enumerate(zip(texts, tags, strict=True)):
            seen = set(seen_words(text))
            keys = {stem for word in seen for stem in _forms(word)}
            if tag != ENGLISH:
                keys |= {_in_language(word, tag) for word in seen}
            for key in keys:
                self._rows.setdefault(key, []).append(row)
        self._spread = _SPREAD * len(set(groups))

    def people(self, label: str, members: Iterable[int]) -> int:
        """The fewest people behind any word of a label, at most 100; 100 for a label of words that say nothing.

        ``members`` are the rows of the group. A word counts the people of the group who wrote it in some form. A word
        that nobody in the group wrote counts nobody, unless it is common everywhere: people of a fifth of all groups,
        another person in each, wrote it. Then it counts these.
        """
        inside = set(members)
        return min((self._behind(word, inside) for word in seen_words(label) if not _says_nothing(word)), default=MOST)

    def _behind(self, word: str, inside: set[int]) -> int:
        whole, *parts = _forms(word)
        keys = [whole, *(_in_language(word, tag) for tag in self._languages)]
        rows = sorted({row for key in keys for row in self._rows.get(key, ()) if row in inside})
        if rows:
            return count_people(((self._owners[row], self._copies[row]) for row in rows), MOST)
        if parts and all(len(part) >= _PART for part in parts):
            return min(self._behind_form(part, inside) for part in parts)
        return self._everywhere(whole)

    def _behind_form(self, form: str, inside: set[int]) -> int:
        rows = [row for row in self._rows.get(form, ()) if row in inside]
        if rows:
            return count_people(((self._owners[row], self._copies[row]) for row in rows), MOST)
        return self._everywhere(form)

    def _everywhere(self, form: str) -> int:
        pairs = ((self._owners[row], self._groups[row]) for row in self._rows.get(form, ()))
        found = count_people(pairs, max(MOST, int(self._spread) + 1))
        return min(found, MOST) if found >= self._spread else 0


def seen_words(text: str) -> list[str]:
    """The words of a text as a reader sees them, in small letters: without characters that have no width."""
    plain = unicodedata.normalize("NFKC", text)
    plain = normal("".join(letter for letter in plain if unicodedata.category(letter) != "Cf"))
    return [plain[start:end].casefold() for start, end in word_spans(plain, _pattern())]


def _says_nothing(word: str) -> bool:
    plain = word.removesuffix("'s").removesuffix("’s")
    known = plain in stopwords() or plain in plain_verbs() or plain in vague_words()
    return known or plain in _TOLD or plain in built_in_words()


def _in_language(word: str, language: str) -> str:
    """The key of all forms of a word in a language; a stem of English or Russian is no such key."""
    return f"{language}:{base_form(word, language)}"


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
