"""Candidates for nearest neighbours among many vectors, by an inverted file.

Jégou, Douze, Schmid, "Product quantization for nearest neighbor search", TPAMI 2011, section IV, without the
quantisation of the vectors: they are sorted into cells around centroids, and a cell is compared with the cells
nearest to it, each by one matrix product. Finds 97 of 100 neighbours. NN-descent (pynndescent) finds 98 and is twice as
fast, but its compilation takes most of a minute in every process (docs/research-log.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.vectors.largest import largest
from clioscope.vectors.threads import in_threads
from clioscope.vectors.unit import unit_rows

_PROBES = 24  # cells that a cell is compared with
_ROUNDS = 3  # of k-means for the centroids; without them one neighbour in ten is lost
_SAMPLE = 40  # rows a cell that decide the centroids
_CELLS = 1 << 23  # similarities held at once: 32 MB

Some = tuple[NDArray[np.intp], NDArray[np.intp]]  # rows, and the candidates of each


class Cells(NamedTuple):
    """Unit ``vectors`` (n, d) in cells: ``centroids`` (c, d), and the ``members`` (rows) of each cell."""

    vectors: NDArray[np.float32]
    centroids: NDArray[np.float32]
    members: list[NDArray[np.intp]]

    def own(self, count: int) -> list[Callable[[], Iterator[Some]]]:
        """For each cell a function that gives its rows and ``count`` likely neighbours of each (-1: none), by blocks.

        No row is its own neighbour.
        """
        return [partial(self._likely, cell, rows, None, count) for cell, rows in enumerate(self.members) if len(rows)]

    def of(self, queries: NDArray[np.float32], count: int) -> list[Callable[[], Iterator[Some]]]:
        """The same for unit ``queries`` (q, d), of which the rows are those of ``queries``."""
        members = _members(_nearest_cell(queries, self.centroids), len(self.centroids))
        return [partial(self._likely, cell, rows, queries, count) for cell, rows in enumerate(members) if len(rows)]

    def _likely(
        self, cell: int, rows: NDArray[np.intp], queries: NDArray[np.float32] | None, count: int
    ) -> Iterator[Some]:
        closeness = self.centroids @ self.centroids[cell]
        closeness[cell] = np.inf  # itself is the first of all
        probes = np.argsort(-closeness, kind="stable")[: min(_PROBES, len(self.centroids))]
        pool = np.concatenate([self.members[probe] for probe in probes])
        among = self.vectors[pool]
        taken = min(count, len(pool) - (queries is None))
        block = max(1, _CELLS // max(1, len(pool)))
        for start in range(0, len(rows), block):
            some = rows[start : start + block]
            products = (self.vectors if queries is None else queries)[some] @ among.T
            if queries is None:
                here = np.arange(len(some))
                products[here, here + start] = -np.inf  # the cell's own rows stand first in the pool
            likely = np.full((len(some), count), -1, dtype=np.intp)
            likely[:, :taken] = pool[largest(products, taken)]
            yield some, likely


def cells_of(vectors: NDArray[np.float32], seed: int = 0) -> Cells:
    """The cells of unit ``vectors`` (n, d). The seed draws the sample that they are made from."""
    cells = min(len(vectors), max(2, round(2 * len(vectors) ** 0.5)))
    drawn = np.random.default_rng(seed).permutation(len(vectors))[: _SAMPLE * cells]
    centroids = _centroids(vectors[drawn], cells)
    return Cells(vectors, centroids, _members(_nearest_cell(vectors, centroids), cells))


def candidates_by_cells(vectors: NDArray[np.float32], count: int, seed: int = 0) -> Iterator[Some]:
    """For blocks of rows of unit ``vectors`` (n, d): the rows, and ``count`` likely neighbours of each, unordered.

    Every row comes once; -1 fills up where fewer candidates were met.
    """
    for some in cells_of(vectors, seed).own(count):
        yield from some()


def _members(cell_of: NDArray[np.intp], cells: int) -> list[NDArray[np.intp]]:
    """The rows in each cell, rising."""
    order = np.argsort(cell_of, kind="stable")
    bounds = np.searchsorted(cell_of[order], np.arange(cells + 1))
    return [order[bounds[cell] : bounds[cell + 1]] for cell in range(cells)]


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
    nearest = np.empty(len(vectors), np.intp)

    def place(start: int) -> None:
        nearest[start : start + block] = (vectors[start : start + block] @ centroids.T).argmax(axis=1)

    in_threads(place, range(0, len(vectors), block))
    return nearest
