"""A name may hold no specific that only a few conversations support.

An auditor that reads a label cannot know whether "Apollo" is what a hundred users wrote about or what one
did; counting can. Every specific in a label (a word with a capital or a digit that the conversations do not
use as a common word) must stand in enough of the group's conversations, or it does not appear. This is also a
defence against planted conversations, which a language-model auditor fails to see (CLIOPATRA).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from clioscope.conversations.texts.stopwords import stopwords
from clioscope.conversations.texts.words import marks, normal, word_spans

_SENTENCE = re.compile(r"(?<=[.!?。])\s+")
_STEM = 4  # letters that the forms of a word share at least
# What descriptions begin with ("Users asked …"): a capital there tells nothing, though no conversation has the word.
_PLAIN = stopwords() | {"пользователи", "пользователь"}


class Support:
    """Knows what every conversation holds, and who holds it.

    A *specific* is a word that is not written in small letters, and that no conversation writes so, in this form
    or with a plain ending (so "Python" or a sentence's first word is none). In scripts without small letters (Chinese,
    Arabic, Hindi) it is a word that some conversations hold, of too few people: nothing else tells a name there.
    ``least``: people that must back one; where a group has fewer, all of them must. ``owners``: for each text the users
    that wrote it; an empty entry, or none at all, is somebody of its own. So one user with many conversations backs
    nothing alone.
    """

    def __init__(self, texts: Sequence[str], least: int, owners: Sequence[Iterable[str]] | None = None) -> None:
        written = [frozenset(_found(text)) for text in texts]
        self._words = [frozenset(word.casefold() for word in words) for words in written]
        self._all = frozenset[str]().union(*self._words)
        self._common = frozenset(word for words in written for word in words if word.islower()) | _PLAIN
        names = {word for text in texts for word, first in _words(normal(text)) if not first and _titled(word)}
        self._names: dict[str, list[str]] = {}  # by their first letters, as far as _alike asks for them
        for name in {word.casefold() for word in names} - self._common:
            self._names.setdefault(name[:_STEM], []).append(name)
        self._least = least
        self._owners = [frozenset[str | int](one) or {row} for row, one in enumerate(owners or [()] * len(texts))]
        self._common |= self._widespread()

    def _widespread(self) -> frozenset[str]:
        """Words without case that enough people of all the conversations wrote: common ones, as far as can be told."""
        rows: dict[str, list[int]] = {}
        for row, words in enumerate(self._words):
            for word in words:
                if _caseless(word):
                    rows.setdefault(word, []).append(row)
        return frozenset(word for word, those in rows.items() if self._people(those) >= self._least)

    def backed(self, rows: Iterable[int], members: Sequence[int]) -> bool:
        """Whether what the conversations ``rows`` hold may be said of the group ``members``."""
        return self._people(rows) >= self._people(members)

    def _people(self, rows: Iterable[int]) -> int:
        """How many people wrote these conversations; counting ends at ``least``."""
        seen: set[str | int] = set()
        for row in rows:
            seen |= self._owners[row]
            if len(seen) >= self._least:
                return self._least
        return len(seen)

    def unsupported(self, label: str, members: Sequence[int]) -> list[str]:
        """The specifics of a label that too few people among the ``members`` (indices of conversations) hold."""
        specific = [word for word, first in _words(normal(label)) if self._specific(word, first)]
        return [
            word
            for word in dict.fromkeys(specific)
            if not self.backed((one for one in members if word.casefold() in self._words[one]), members)
        ]

    def supported_sentences(self, text: str, members: Sequence[int]) -> str:
        """``text`` without the sentences that hold an unsupported specific."""
        kept = [one for one in _SENTENCE.split(text) if not self.unsupported(one, members)]
        return " ".join(kept)

    def _specific(self, word: str, first: bool) -> bool:
        plain = word.removesuffix("'s").removesuffix("’s")
        if plain.islower() or plain.isdecimal() or self._is_common(plain):
            return False
        if _caseless(plain):
            return plain in self._all
        if not first or not _titled(plain):
            return True
        # The capital of a sentence's first word tells nothing. One that no conversation has is the model's own
        # (or inflected: "Создание" for "создать"), unless it looks like a name that some conversation holds.
        low = plain.casefold()
        return low in self._all or any(_alike(low, name) for name in self._names.get(low[:_STEM], ()))

    def _is_common(self, word: str) -> bool:
        """Whether some conversation writes it in small letters, as itself or with an ending more or less."""
        low = word.casefold()
        return any(
            form in self._common for form in (low, low.rstrip("s"), f"{low}s", f"{low}ing", low.removesuffix("ing"))
        )


def _words(text: str) -> Iterator[tuple[str, bool]]:
    """The words of a text, and whether a sentence begins with each."""
    for start, end in word_spans(text, _pattern()):
        before = text[:start].rstrip(" \t\"'«“(*-–—")
        yield text[start:end], not before or before[-1] in ".!?:。\n"


def _found(text: str) -> list[str]:
    plain = normal(text)
    return [plain[start:end] for start, end in word_spans(plain, _pattern())]


@cache
def _pattern() -> re.Pattern[str]:
    """Words, with what programs' names have in them and behind them ("node.js", "C++")."""
    own = rf"\w{marks()}"
    return re.compile(rf"\w[{own}'’+#.-]*[{own}]|\w[+#]*")


def _caseless(word: str) -> bool:
    """Whether a word is of a script without small and capital letters."""
    return word.lower() == word.upper() and any(map(str.isalpha, word))


def _titled(word: str) -> bool:
    return word[:1].isupper() and word[1:].islower() and not any(map(str.isdigit, word))


def _alike(one: str, other: str) -> bool:
    """Whether two words may be forms of one: the same but for their endings of at most three letters."""
    stem = max(_STEM, max(len(one), len(other)) - 3)
    return one[:stem] == other[:stem]
