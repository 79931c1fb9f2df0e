"""Unit vectors without twins, in an order of their own.

Everything that depends on the order of rows or on how often a row occurs works on what this file returns, so
that shuffled or duplicated input gives the same result to the bit.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.vectors.threads import in_threads
from clioscope.vectors.unit import unit_rows

_BLOCK = 1 << 16  # rows scaled and hashed at once


class Distinct(NamedTuple):
    """``vectors`` (m, d): the distinct rows; ``first`` (m,): where each occurs first in the input; ``inverse``
    (n,): which of them each input row is."""

    vectors: NDArray[np.float32]
    first: NDArray[np.intp]
    inverse: NDArray[np.intp]


def distinct_rows(vectors: NDArray[Any]) -> Distinct:
    """The distinct directions among ``vectors`` (n, d), ordered by a hash of their bytes."""
    if not len(vectors):
        nothing = np.zeros(0, dtype=np.intp)
        return Distinct(unit_rows(vectors), nothing, nothing)
    if len(vectors) <= _BLOCK:
        unit = unit_rows(vectors)
        first, inverse = _by_hash(_hashes(unit))
        return Distinct(unit[first], first, inverse)
    # Scaled twice, since of millions of rows there is no room for another copy.
    blocks = range(0, len(vectors), _BLOCK)
    hashes = [b""] * len(blocks)

    def digest(number: int) -> None:
        hashes[number] = _hashes(unit_rows(vectors[number * _BLOCK : (number + 1) * _BLOCK]))

    in_threads(digest, range(len(blocks)))
    first, inverse = _by_hash(b"".join(hashes))
    rows = np.empty((len(first), vectors.shape[1]), np.float32)

    def scale(start: int) -> None:
        rows[start : start + _BLOCK] = unit_rows(vectors[first[start : start + _BLOCK]])

    in_threads(scale, range(0, len(first), _BLOCK))
    return Distinct(rows, first, inverse)


def _hashes(unit: NDArray[np.float32]) -> bytes:
    """16 bytes for each row."""
    width = unit.shape[1] * unit.itemsize
    view = memoryview(unit.reshape(-1)).cast("B")  # type: ignore[arg-type]
    return b"".join(blake2b(view[at : at + width], digest_size=16).digest() for at in range(0, len(view), width))


def _by_hash(hashes: bytes) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Where each hash occurs first, in the order of the hashes, and which of them each row has."""
    halves = np.frombuffer(hashes, dtype=">u8").astype(np.uint64).reshape(-1, 2)  # numbers sort faster than bytes
    order = np.lexsort((halves[:, 1], halves[:, 0]))
    new = np.ones(len(order), dtype=bool)
    new[1:] = (halves[order[1:]] != halves[order[:-1]]).any(axis=1)
    inverse = np.empty(len(order), dtype=np.intp)
    inverse[order] = np.cumsum(new) - 1
    return order[new], inverse
