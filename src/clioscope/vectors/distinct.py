"""Unit vectors without twins, in an order of their own.

Everything that depends on the order of rows or on how often a row occurs works on what this file returns, so
that shuffled or duplicated input gives the same result to the bit.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.vectors.unit import unit_rows


class Distinct(NamedTuple):
    """``vectors`` (m, d): the distinct rows; ``first`` (m,): where each occurs first in the input; ``inverse``
    (n,): which of them each input row is."""

    vectors: NDArray[np.float32]
    first: NDArray[np.intp]
    inverse: NDArray[np.intp]


def distinct_rows(vectors: NDArray[Any]) -> Distinct:
    """The distinct directions among ``vectors`` (n, d), ordered by a hash of their bytes."""
    unit = unit_rows(vectors)
    if not len(unit):
        nothing = np.zeros(0, dtype=np.intp)
        return Distinct(unit, nothing, nothing)
    width = unit.shape[1] * unit.itemsize
    view = memoryview(unit.reshape(-1)).cast("B")  # type: ignore[arg-type]
    digests = np.frombuffer(
        b"".join(blake2b(view[start : start + width], digest_size=16).digest() for start in range(0, len(view), width)),
        dtype="S16",  # compared as bytes; trailing zeros dropped on both sides alike
    )
    _, first, inverse = np.unique(digests, return_index=True, return_inverse=True)
    rows = unit if len(first) == len(unit) and (first == np.arange(len(first))).all() else unit[first]
    return Distinct(rows, first, inverse.reshape(-1))
