"""Uncertainty that comes from who happens to be in the data: people are drawn anew, with all that they wrote."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

_CELLS = 4_000_000  # numbers that are held at once


def resampled_sums(
    person: NDArray[np.integer],
    cell: NDArray[np.integer],
    values: NDArray[np.float64],
    cells: int,
    draws: int,
    seed: int,
) -> Iterator[NDArray[np.float64]]:
    """Sums of ``values`` (n, v) by ``cell`` (n,), in ``draws`` samples of people with replacement.

    ``person`` (n,) says who each row belongs to. Yields arrays (some draws, v, cells). Equal input gives equal sums.
    """
    from scipy.sparse import csr_array

    who, rows = np.unique(person, return_inverse=True)
    width = values.shape[1]
    columns = cell[:, None] + cells * np.arange(width)
    places = (columns.ravel(), np.repeat(rows, width))
    by_cell = csr_array((values.ravel(), places), shape=(width * cells, len(who)))
    random = np.random.default_rng(seed)
    step = max(1, _CELLS // max(1, len(who)))
    for first in range(0, draws, step):
        some = min(step, draws - first)
        times = np.stack(
            [np.bincount(random.integers(len(who), size=len(who)), minlength=len(who)) for _ in range(some)], axis=1
        )
        yield (by_cell @ times.astype(np.float64)).T.reshape(some, width, cells)


def effective_size(person: NDArray[np.integer], chosen: NDArray[np.bool_]) -> float:
    """How many records of different people the chosen ones are worth (Kish 1965), if each person is always alike."""
    counts = np.unique(person[chosen], return_counts=True)[1].astype(float)
    return float(counts.sum() ** 2 / (counts**2).sum()) if len(counts) else 0.0
