"""A name may hold no specific detail that only a few people of the group wrote.

An auditor that reads a label cannot know whether a hundred users wrote about "Apollo" or only one; counting can
tell. A specific detail is a word with a capital or a digit that the conversations do not use as a common word.
Enough people of the group must have written it, or the label does not show it. This is also a defence against
planted conversations, which a language-model auditor fails to see (CLIOPATRA).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from copy import copy
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.conversations.texts.processes import in_processes
from clioscope.conversations.texts.stopwords import stopwords
from clioscope.conversations.texts.words import found_words, marks, normal, word_spans
from clioscope.naming.people import count_people
from clioscope.naming.postings import Numbered, Postings, numbered

_SENTENCE = re.compile(r"(?<=[.!?。])\s+")
_STEM = 4  # letters that the forms of a word share at least
# Descriptions begin with these words ("Users asked …"). A capital there says nothing, even if no conversation has them.
_PLAIN = stopwords() | {"пользователи", "пользователь"}


class Part(NamedTuple):
    """The support of some conversations: ``rows`` are their numbers among all."""

    whole: Support
    rows: Sequence[int]

    def backed(self, rows: Iterable[int], members: Sequence[int]) -> bool:
        """``Support.backed`` with conversations by their place in ``rows`` of this part."""
        return self.whole.backed((self.rows[row] for row in rows), [self.rows[row] for row in members])


class Support:
    """Which words every conversation holds, and who wrote it.

    A specific detail is a word that is not in small letters in the label, and that no conversation writes in small
    letters, in this form or with a plain ending. Scripts without small letters (Chinese, Arabic, Hindi) have no other
    sign of a name, so there it is any word of some conversation that too few people wrote.

    ``texts`` (n) are everything known of each conversation. ``least`` people of a group must have written a detail; in
    a smaller group, all of them. ``owners`` (n) are the users that wrote each text. A text without an owner counts as
    written by a person of its own. ``copies`` (n) are equal for near copies of one text. People are distinct authors of
    distinct texts (``naming.people``): one user with many conversations is one person, and so are many users with near
    copies of one text.
    """

    def __init__(
        self,
        texts: Sequence[str],
        least: int,
        owners: Sequence[Iterable[str]] | None = None,
        copies: Sequence[int] | None = None,
    ) -> None:
        written, names = set[str](), set[str]()

        def blocks() -> Iterator[Numbered]:
            for block in in_processes(_read, texts):
                written.update(block.written)
                names.update(block.names)
                yield block.folded

        self._holders = Postings(blocks())
        self._small = frozenset(word for word in written if word.islower()) | _PLAIN
        self._names: dict[str, list[str]] = {}  # by their first letters, as far as _alike asks for them
        for name in {word.casefold() for word in names} - self._small:
            self._names.setdefault(name[:_STEM], []).append(name)
        self._copies: Sequence[int] = range(len(texts))
        self._count(least, owners, copies)

    def _count(self, least: int, owners: Sequence[Iterable[str]] | None, copies: Sequence[int] | None) -> None:
        self._least, self._owners = least, owners
        self._copies = self._copies if copies is None else copies
        self._common = self._small | self._widespread()

    def counted(self, least: int, owners: Sequence[Iterable[str]] | None, copies: Sequence[int] | None) -> Support:
        """The support of the same texts where people are counted otherwise."""
        other = copy(self)
        other._count(least, owners, copies)
        return other

    @property
    def least(self) -> int:
        """How many people must have written a detail."""
        return self._least

    def _widespread(self) -> frozenset[str]:
        """Words of scripts without case that enough people wrote, over all conversations: those count as common."""
        return frozenset(
            word
            for word in self._holders
            if _caseless(word) and self._people(self._holders.rows(word).tolist()) >= self._least
        )

    def backed(self, rows: Iterable[int], members: Sequence[int]) -> bool:
        """Whether enough people of the group ``members`` wrote the conversations ``rows``, which are among them."""
        return self._people(rows) >= self._people(members)

    def among(self, rows: Sequence[int]) -> Part:
        """The support of some conversations, which are then counted from 0 in the order of ``rows``."""
        return Part(self, rows)

    def _people(self, rows: Iterable[int]) -> int:
        """How many people wrote these conversations, at most ``least``."""
        return count_people(((self._authors(row), self._copies[row]) for row in rows), self._least)

    def weights(self, rows: Sequence[int]) -> NDArray[np.float64] | None:
        """Of conversations (m), how much each counts (m,) if every author and every text counts once; None where all
        count alike."""
        authors = [tuple(self._authors(row)) for row in rows]
        of_author = Counter(one for own in authors for one in own)
        of_text = Counter(self._copies[row] for row in rows)
        if max(of_author.values(), default=1) == max(of_text.values(), default=1) == 1:
            return None
        shares = [max(1 / of_author[one] for one in own) for own in authors]
        return np.array([share / of_text[self._copies[row]] for share, row in zip(shares, rows, strict=True)])

    def _authors(self, row: int) -> Collection[str | int]:
        """Who wrote a conversation; where nobody knows, a person of its own."""
        known = () if self._owners is None else tuple(self._owners[row])
        return known or (row,)

    def unsupported(self, label: str, members: Sequence[int]) -> list[str]:
        """The specific details of a label that too few people wrote in ``members`` (indices of conversations)."""
        details = [word for word, first in _words(normal(label)) if self._is_detail(word, first)]
        return [word for word in dict.fromkeys(details) if not self.backed(self.holders(word, members), members)]

    def holders(self, word: str, members: Sequence[int]) -> list[int]:
        """The conversations among ``members`` that hold a word, whatever its letters' case."""
        rows: list[int] = self._holders.rows_among(word.casefold(), members).tolist()
        return rows

    def supported_sentences(self, text: str, members: Sequence[int]) -> str:
        """``text`` without the sentences that hold an unsupported detail."""
        return " ".join(sentence for sentence in _SENTENCE.split(text) if not self.unsupported(sentence, members))

    def _is_detail(self, word: str, first: bool) -> bool:
        """Whether a word of a label is a specific detail; ``first`` says whether a sentence begins with it."""
        plain = word.removesuffix("'s").removesuffix("’s")
        if plain.islower() or plain.isdecimal() or self._is_common(plain):
            return False
        if _caseless(plain):
            return plain in self._holders
        if not first or not _titled(plain):
            return True
        # The capital of a sentence's first word says nothing. A word that no conversation has is the model's own (or
        # another form: "Создание" for "создать"), unless it looks like a name that some conversation holds.
        low = plain.casefold()
        return low in self._holders or any(_alike(low, name) for name in self._names.get(low[:_STEM], ()))

    def _is_common(self, word: str) -> bool:
        """Whether some conversation writes the word in small letters, perhaps with another ending."""
        low = word.casefold()
        return any(
            form in self._common for form in (low, low.rstrip("s"), f"{low}s", f"{low}ing", low.removesuffix("ing"))
        )


def specific_words(label: str) -> list[str]:
    """The words of a label that have a capital letter, but not as the first letter of a sentence: "SQL", "Python"."""
    return [word for word, first in _words(normal(label)) if not word.islower() and not (first and _titled(word))]


def _words(text: str) -> Iterator[tuple[str, bool]]:
    """The words of a text, and whether a sentence begins with each."""
    for start, end in word_spans(text, _pattern()):
        before = text[:start].rstrip(" \t\"'«“(*-–—")
        yield text[start:end], not before or before[-1] in ".!?:。\n"


class _Read(NamedTuple):
    """The words of some texts: ``folded``, in small letters by text; as ``written``; and those that look like
    ``names`` within a sentence."""

    folded: Numbered
    written: set[str]
    names: set[str]


def _read(texts: Sequence[str]) -> _Read:
    written, names = set[str](), set[str]()

    def folded() -> Iterator[set[str]]:
        for text in texts:
            plain = normal(text)
            own = set(found_words(plain, _pattern()))
            written.update(own)
            if any(_titled(word) and word not in names for word in own):
                names.update(word for word, first in _words(plain) if not first and _titled(word))
            yield {word.casefold() for word in own}

    return _Read(numbered(folded()), written, names)


@cache
def _pattern() -> re.Pattern[str]:
    """The pattern of a word, with the signs in and after the names of programs ("node.js", "C++")."""
    own = rf"\w{marks()}"
    return re.compile(rf"\w[{own}'’+#.-]*[{own}]|\w[+#]*")


def _caseless(word: str) -> bool:
    """Whether a word is of a script without small and capital letters."""
    return word.lower() == word.upper() and any(map(str.isalpha, word))


def _titled(word: str) -> bool:
    """Whether a word has a capital first letter, all others small, and no digit."""
    return word[:1].isupper() and word[1:].islower() and not any(map(str.isdigit, word))


def _alike(word: str, other: str) -> bool:
    """Whether two words may be forms of one: they differ only in endings of at most three letters."""
    stem = max(_STEM, max(len(word), len(other)) - 3)
    return word[:stem] == other[:stem]
