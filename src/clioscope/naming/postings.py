"""Which conversations hold a word: an inverted index in arrays, since sets of words by row take gigabytes."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

_NOWHERE = np.zeros(0, np.int32)


class Postings:
    """The rows that hold each word. ``words_of_rows`` gives the words of one row after another, each word once."""

    def __init__(self, words_of_rows: Iterable[Iterable[str]]) -> None:
        from scipy.sparse import csr_array

        place: dict[str, int] = {}
        numbers, ends = array("i"), array("q", [0])
        for words in words_of_rows:
            numbers.extend([place.setdefault(word, len(place)) for word in words])
            ends.append(len(numbers))
        self._place = place
        held = np.frombuffer(numbers, np.int32) if len(numbers) else _NOWHERE
        shape = (len(ends) - 1, len(place))
        turned = csr_array((np.ones(len(held), np.int8), held, np.frombuffer(ends, np.int64)), shape=shape).tocsc()
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
