"""Which conversations hold a word: an inverted index in arrays, since sets of words by row take gigabytes."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

_NOWHERE = np.zeros(0, np.int32)


class Numbered(NamedTuple):
    """The ``words`` of a block of rows; ``numbers`` (m,), the words of one row after another by their place among
    these; ``sizes`` (n,), the number of words of each row."""

    words: list[str]
    numbers: NDArray[np.int32]
    sizes: NDArray[np.int64]


def numbered(words_of_rows: Iterable[Iterable[str]]) -> Numbered:
    """A block of rows. ``words_of_rows`` gives the words of one row after another, each word once."""
    place: dict[str, int] = {}
    numbers, sizes = array("i"), array("q")
    for words in words_of_rows:
        before = len(numbers)
        numbers.extend([place.setdefault(word, len(place)) for word in words])
        sizes.append(len(numbers) - before)
    return Numbered(list(place), np.array(numbers, np.int32), np.array(sizes, np.int64))


class Postings:
    """The rows that hold each word, from blocks of rows."""

    def __init__(self, blocks: Iterable[Numbered]) -> None:
        from scipy.sparse import csr_array

        place: dict[str, int] = {}
        held, sizes = [_NOWHERE], [np.zeros(1, np.int64)]
        for block in blocks:
            own = np.fromiter((place.setdefault(word, len(place)) for word in block.words), np.int32, len(block.words))
            held.append(own[block.numbers])
            sizes.append(block.sizes)
        self._place = place
        numbers, ends = np.concatenate(held), np.cumsum(np.concatenate(sizes))
        shape = (len(ends) - 1, len(place))
        turned = csr_array((np.ones(len(numbers), np.int8), numbers, ends), shape=shape).tocsc()
        self._starts, self._rows = turned.indptr, turned.indices.astype(np.int32, copy=False)
        self._count = len(ends) - 1

    def __contains__(self, word: str) -> bool:
        return word in self._place

    def __iter__(self) -> Iterator[str]:
        return iter(self._place)

    def rows(self, word: str) -> NDArray[np.int32]:
        """The rows that hold a word, rising."""
        number = self._place.get(word)
        return _NOWHERE if number is None else self._rows[self._starts[number] : self._starts[number + 1]]

    def rows_among(self, word: str, members: Sequence[int] | NDArray[np.integer[Any]]) -> NDArray[np.integer[Any]]:
        """Those of the rows ``members``, each once, that hold a word."""
        rows = self.rows(word)
        if not len(rows) or not len(members):
            return _NOWHERE
        some = np.asarray(members)
        if len(some) < len(rows):
            place = np.searchsorted(rows, some)
            found: NDArray[np.integer[Any]] = some[rows[np.minimum(place, len(rows) - 1)] == some]
            return found
        inside = np.zeros(self._count, np.bool_)
        inside[some] = True
        return rows[inside[rows]]
