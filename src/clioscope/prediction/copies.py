"""Which vectors are nearly equal, so that one conversation may stand for all that say the same."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from clioscope.vectors.distinct import distinct_rows

NEAR = 0.999  # cosine
_LEAF = 256  # rows compared with each other
_ROUNDS = 3  # each divides the rows otherwise, since near copies may fall on two sides of one division


def near_copies(vectors: NDArray[Any]) -> NDArray[np.int64]:
    """For each row of ``vectors`` (n, d) the row that stands for it (n,): itself, or an earlier nearly equal one.

    Equal directions have one stand for all of them. Rows with a cosine of .999 or more nearly always have; a few that
    lie on two sides of every division stay apart. Who stands for others has nobody that stands for it. Raises
    ValueError for NaN or infinite values.
    """
    distinct = distinct_rows(vectors)
    rows = distinct.vectors
    # The first of the input stands for others, whatever the order of the distinct rows is.
    earliest = np.argsort(distinct.first, kind="stable")
    stands = np.arange(len(rows))
    generator = np.random.default_rng(0)
    for _ in range(_ROUNDS if len(rows) > _LEAF else 1):
        left = earliest[stands[earliest] == earliest]
        for leaf in _leaves(rows, left, generator):
            _merge(rows, leaf, stands)
    while (stands[stands] != stands).any():
        stands = stands[stands]
    return distinct.first[stands[distinct.inverse]].astype(np.int64)


def _merge(rows: NDArray[np.float32], leaf: NDArray[np.int64], stands: NDArray[np.int64]) -> None:
    """Let the earliest of a leaf stand for those near it; ``leaf`` is in the order of the input."""
    close = rows[leaf] @ rows[leaf].T >= NEAR
    if close.sum() == len(leaf):
        return
    for place in np.flatnonzero(close.sum(axis=1) > 1):
        if stands[leaf[place]] == leaf[place]:
            near = np.flatnonzero(close[place])
            later = leaf[near[near > place]]
            stands[later[stands[later] == later]] = leaf[place]


def _leaves(
    rows: NDArray[np.float32], left: NDArray[np.int64], generator: np.random.Generator
) -> list[NDArray[np.int64]]:
    """``left`` in leaves of at most 256, divided at the medians of random directions."""
    leaves, waiting = [], [left]
    while waiting:
        part = waiting.pop()
        if len(part) <= _LEAF:
            leaves.append(part)
            continue
        along: NDArray[np.float32] = rows[part] @ generator.standard_normal((rows.shape[1],)).astype(np.float32)
        below = along < np.median(along)
        if not below.any() or below.all():
            below = np.arange(len(part)) < len(part) // 2
        waiting += [part[below], part[~below]]
    return leaves
