"""Words that only those wrote who are to be forgotten: what is searched for, and what no name may lean on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from clioscope.files.search import Searcher

_WORD = re.compile(r"[^\s\"'“”«»<>()\[\]{},;!?]{4,}")
_ROW = 6  # words in a row that hardly anybody else writes
_EACH, _MOST = 60, 600  # texts that are looked for: of one conversation, and in all
_SHORTEST, _LONG_NUMBER = 4, 6  # characters of an id, and of a number, that can be searched for


def marked_strings(texts: Iterable[str]) -> list[str]:
    """Strings of some texts that hardly anybody else writes: words with a digit, a sign or a capital, and words in a
    row. At most 60 per text, and 600 of all."""
    wanted: dict[str, None] = {}
    for text in texts:
        wanted |= dict.fromkeys(_marked(text)[:_EACH])
    return list(wanted)[:_MOST]


def said_in(others: Iterable[str], strings: Sequence[str]) -> set[str]:
    """Those of some strings that the ``others`` wrote too."""
    return Searcher(strings).in_texts(others)


def _marked(text: str) -> list[str]:
    found: list[str] = []
    for sentence in re.split(r"[.!?\n]\s", text):
        words = [word.strip(".:-*_`#|/\\=+") for word in _WORD.findall(sentence)]
        found += [
            word
            for place, word in enumerate(words)
            if len(word) >= _SHORTEST and (re.search(r"[\d@]", word) or (place and not word.islower()))
        ]
        plain = sentence.split()
        if len(plain) >= _ROW:
            found.append(" ".join(plain[:_ROW]))
    return list(dict.fromkeys(found))


def searchable(identifier: str) -> bool:
    """Whether an id can be searched for: a short one, or a short number, occurs by chance."""
    return len(identifier) >= _SHORTEST and not (identifier.isdigit() and len(identifier) < _LONG_NUMBER)


class Leaning(NamedTuple):
    """Whether labels of groups lean on what is forgotten.

    ``gone`` are the texts that go, ``kept`` (n) those of the rows that stay, ``owners`` (n) who wrote each; ``least``
    people must have written a word, in a smaller group all of them.
    """

    kept: Sequence[frozenset[str]]
    owners: Sequence[frozenset[str]]
    least: int

    def leans(self, label: str, gone: Iterable[frozenset[str]], members: Sequence[int]) -> bool:
        """Whether a label holds a word that one of the ``gone`` texts of its group holds, and that too few people
        wrote in the conversations of the group that stay (``members``)."""
        said = frozenset[str]().union(*gone)
        people = frozenset[str]().union(*(self.owners[row] for row in members))
        needed = min(self.least, len(people))
        for word in words_of(label) & said:
            wrote = frozenset[str]().union(*(self.owners[row] for row in members if word in self.kept[row]))
            if len(wrote) < max(1, needed):
                return True
        return False


def words_of(text: str) -> frozenset[str]:
    """The words of a text in small letters, without single letters and without those that every text holds."""
    from clioscope.conversations.texts.stopwords import stopwords
    from clioscope.conversations.texts.words import normal, words

    return frozenset(word for word in words(normal(text.casefold())) if len(word) > 1) - stopwords()
