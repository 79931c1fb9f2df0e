"""Candidates for nearest neighbours among many vectors, by an inverted file.

Jégou, Douze, Schmid, "Product quantization for nearest neighbor search", TPAMI 2011, section IV, without the
quantisation of the vectors: they are sorted into cells around centroids, and a cell is compared with the cells
nearest to it, each by one matrix product. Finds 97 of 100 neighbours. NN-descent (pynndescent) finds 98 and is twice as
fast, but its compilation takes most of a minute in every process (docs/research-log.md).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from clioscope.vectors.largest import largest
from clioscope.vectors.unit import unit_rows

_PROBES = 24  # cells that a cell is compared with
_ROUNDS = 3  # of k-means for the centroids; without them one neighbour in ten is lost
_SAMPLE = 40  # rows a cell that decide the centroids
_CELLS = 1 << 23  # similarities held at once: 32 MB


def candidates_by_cells(
    vectors: NDArray[np.float32], count: int, seed: int = 0
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """For blocks of rows of unit ``vectors`` (n, d): the rows, and ``count`` likely neighbours of each, unordered.

    Every row comes once; -1 fills up where fewer candidates were met. The seed draws the sample that the cells
    are made from.
    """
    cells = min(len(vectors), max(2, round(2 * len(vectors) ** 0.5)))
    drawn = np.random.default_rng(seed).permutation(len(vectors))[: _SAMPLE * cells]
    centroids = _centroids(vectors[drawn], cells)
    cell_of = _nearest_cell(vectors, centroids)
    order = np.argsort(cell_of, kind="stable")
    bounds = np.searchsorted(cell_of[order], np.arange(cells + 1))
    members = [order[bounds[cell] : bounds[cell + 1]] for cell in range(cells)]
    closeness = centroids @ centroids.T
    np.fill_diagonal(closeness, -np.inf)
    for cell, rows in enumerate(members):
        if not len(rows):
            continue
        probes = np.argsort(-closeness[cell], kind="stable")[: min(_PROBES, cells) - 1]  # itself is the last of all
        pool = np.concatenate([rows, *(members[probe] for probe in probes)])
        among = vectors[pool]
        taken = min(count, len(pool) - 1)
        block = max(1, _CELLS // len(pool))
        for start in range(0, len(rows), block):
            some = rows[start : start + block]
            products = vectors[some] @ among.T
            here = np.arange(len(some))
            products[here, here + start] = -np.inf  # the cell's own rows stand first in the pool
            likely = np.full((len(some), count), -1, dtype=np.intp)
            likely[:, :taken] = pool[largest(products, taken)]
            yield some, likely


def _centroids(sample: NDArray[np.float32], cells: int) -> NDArray[np.float32]:
    """Unit centroids of a few rounds of k-means, started at the first rows; an empty cell stays where it was."""
    centroids = sample[:cells].copy()
    for _ in range(_ROUNDS):
        cell_of = _nearest_cell(sample, centroids)
        order = np.argsort(cell_of, kind="stable")
        present, first = np.unique(cell_of[order], return_index=True)
        sums = np.add.reduceat(sample[order], first, axis=0)
        moved = unit_rows(sums, precision=np.float32)
        somewhere = moved.any(axis=1)
        centroids[present[somewhere]] = moved[somewhere]
    return centroids


def _nearest_cell(vectors: NDArray[np.float32], centroids: NDArray[np.float32]) -> NDArray[np.intp]:
    block = max(1, _CELLS // len(centroids))
    parts = [(vectors[i : i + block] @ centroids.T).argmax(axis=1) for i in range(0, len(vectors), block)]
    return np.concatenate(parts)
