"""How many people wrote a name: one that many wrote is a topic (Shakespeare), one that few wrote may be a person."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

_WORD = re.compile(r"\w+(?:['’]\w+)*")
_CYRILLIC = re.compile(r"[а-яё]")
_STEM = 4  # letters that the forms of a Russian word share at least
_ENDING = 3  # letters that their endings have at most


class Writers:
    """Who wrote which words.

    ``texts`` (n) are what people wrote, and ``owners`` (n) the users that wrote each. A text without an owner counts
    as written by a person of its own. One user with many texts is one person.
    """

    def __init__(self, texts: Sequence[str], owners: Sequence[Iterable[str]] | None = None) -> None:
        self._texts = texts
        self._owners = owners

    def people(self, names: Collection[str]) -> dict[str, int]:
        """How many people wrote each name: all its words in one text, in capitals or small letters.

        Russian words count in any case: they may differ in an ending of up to three letters.
        """
        words = {name: [*dict.fromkeys(map(_plain, _WORD.findall(name)))] for name in names}
        wanted = {word for own in words.values() for word in own}
        stems: dict[str, list[str]] = {}
        for word in wanted:
            if _CYRILLIC.search(word) and len(word) >= _STEM:
                stems.setdefault(word[:_STEM], []).append(word)
        rows: dict[str, set[int]] = {word: set() for word in wanted}
        for row, text in enumerate(self._texts if wanted else ()):
            for word in set(map(_plain, _WORD.findall(text))):
                if word in rows:
                    rows[word].add(row)
                for other in stems.get(word[:_STEM], ()):
                    if _alike(word, other):
                        rows[other].add(row)
        return {
            name: self._count(set.intersection(*(rows[word] for word in own)) if own else ())
            for name, own in words.items()
        }

    def least(self, asked: int) -> int:
        """How many people must have written a name: ``asked``, or all of them where there are fewer."""
        return min(asked, self._count(range(len(self._texts))))

    def _count(self, rows: Iterable[int]) -> int:
        seen: set[str | int] = set()
        for row in rows:
            seen |= frozenset(self._owners[row] if self._owners is not None else ()) or {row}
        return len(seen)


def _plain(word: str) -> str:
    low = word.casefold()
    return low.removesuffix("'s").removesuffix("’s")


def _alike(word: str, other: str) -> bool:
    """Whether two words may be forms of one."""
    stem = max(_STEM, max(len(word), len(other)) - _ENDING)
    return word[:stem] == other[:stem]
