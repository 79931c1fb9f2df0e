"""Candidates for nearest neighbours among many vectors, by an inverted file.

Jégou, Douze, Schmid, "Product quantization for nearest neighbor search", TPAMI 2011, section IV, without the
quantisation of the vectors: they are sorted into cells around centroids, and each vector is compared with those in the
eight cells nearest to it. A cell is compared at once with all vectors that look into it, by one matrix product. The
research log compares it with libraries.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.vectors.threads import in_threads
from clioscope.vectors.unit import unit_rows

_PROBES = 8  # cells that a vector looks into
_ROUNDS = 3  # of k-means for the centroids; without them one neighbour in ten is lost
_SAMPLE = 40  # rows a cell that decide the centroids
_CELLS = 1 << 23  # similarities held at once: 32 MB
_QUERIES = 1 << 17  # rows whose candidates are sought at once

Some = tuple[NDArray[np.intp], NDArray[np.intp]]  # rows, and the candidates of each


class Cells(NamedTuple):
    """Unit ``vectors`` (n, d) in cells: ``centroids`` (c, d), the ``members`` (rows, rising) of each cell, and
    ``probes`` (n, p), the cells nearest to each vector, its own first."""

    vectors: NDArray[np.float32]
    centroids: NDArray[np.float32]
    members: list[NDArray[np.intp]]
    probes: NDArray[np.int32]

    def own(self, count: int) -> Iterator[Some]:
        """For blocks of rows: the rows, and ``count`` likely neighbours of each (-1: none), in no order.

        Every row comes once, and none is its own neighbour.
        """
        return self._search(self.vectors, self.probes, count, True)

    def of(self, queries: NDArray[np.float32], count: int) -> Iterator[Some]:
        """The same for unit ``queries`` (q, d), of which the rows are those of ``queries``."""
        return self._search(queries, _nearest_cells(queries, self.centroids, _PROBES), count, False)

    def _search(self, queries: NDArray[np.float32], probes: NDArray[np.int32], count: int, own: bool) -> Iterator[Some]:
        line = np.argsort(probes[:, 0], kind="stable")  # those that look into the same cells together
        for start in range(0, len(line), _QUERIES):
            rows = line[start : start + _QUERIES]
            yield rows, self._likely(queries, rows, probes[rows], count, own)

    def _likely(
        self, queries: NDArray[np.float32], rows: NDArray[np.intp], probes: NDArray[np.int32], count: int, own: bool
    ) -> NDArray[np.intp]:
        """The candidates (q, count) of some ``rows`` (q,) of the queries that look into the cells ``probes`` (q, p)."""
        width = probes.shape[1]
        similar = np.full((probes.size, count), -np.inf, np.float32)  # by query and cell
        who = np.full((probes.size, count), -1, np.int32)
        order = np.argsort(probes.ravel(), kind="stable")
        bounds = np.searchsorted(probes.ravel()[order], np.arange(len(self.members) + 1))

        def look(cell: int) -> None:
            inside = self.members[cell]
            among, taken = self.vectors[inside], min(count, len(inside))
            block = max(1, _CELLS // len(inside))
            for start in range(bounds[cell], bounds[cell + 1], block):
                pairs = order[start : min(start + block, bounds[cell + 1])]
                asking = rows[pairs // width]
                products = queries[asking] @ among.T
                if own:
                    itself = np.flatnonzero(pairs % width == 0)
                    products[itself, np.searchsorted(inside, asking[itself])] = -np.inf
                part = _best(products, taken)
                similar[pairs, :taken] = np.take_along_axis(products, part, axis=1)
                who[pairs, :taken] = inside[part]

        in_threads(look, [cell for cell, inside in enumerate(self.members) if len(inside)])
        similar, who = similar.reshape(len(rows), -1), who.reshape(len(rows), -1)
        likely = np.full((len(rows), count), -1, np.intp)

        def choose(start: int) -> None:
            part = slice(start, start + _CELLS // similar.shape[1])
            best = _best(similar[part], count)
            known = np.take_along_axis(similar[part], best, axis=1) > -np.inf
            likely[part] = np.where(known, np.take_along_axis(who[part], best, axis=1), -1)

        in_threads(choose, range(0, len(rows), _CELLS // similar.shape[1]))
        return likely


def cells_of(vectors: NDArray[np.float32], seed: int = 0) -> Cells:
    """The cells of unit ``vectors`` (n, d). The seed draws the sample that they are made from."""
    cells = min(len(vectors), max(2, round(2 * len(vectors) ** 0.5)))
    drawn = np.random.default_rng(seed).permutation(len(vectors))[: _SAMPLE * cells]
    centroids = _centroids(vectors[drawn], cells)
    probes = _nearest_cells(vectors, centroids, _PROBES)
    return Cells(vectors, centroids, _members(probes[:, 0], cells), probes)


def candidates_by_cells(vectors: NDArray[np.float32], count: int, seed: int = 0) -> Iterator[Some]:
    """``Cells.own`` of unit ``vectors`` (n, d)."""
    return cells_of(vectors, seed).own(count)


def _best(values: NDArray[np.float32], count: int) -> NDArray[np.intp]:
    """The columns (n, count) of the largest of each row of ``values`` (n, m), in no order."""
    width = values.shape[1]
    if count >= width:
        return np.broadcast_to(np.arange(width), values.shape)
    return np.argpartition(values, width - count, axis=1)[:, width - count :]


def _members(cell_of: NDArray[np.int32], cells: int) -> list[NDArray[np.intp]]:
    """The rows in each cell, rising."""
    order = np.argsort(cell_of, kind="stable")
    bounds = np.searchsorted(cell_of[order], np.arange(cells + 1))
    return [order[bounds[cell] : bounds[cell + 1]] for cell in range(cells)]


def _centroids(sample: NDArray[np.float32], cells: int) -> NDArray[np.float32]:
    """Unit centroids of a few rounds of k-means, started at the first rows; an empty cell stays where it was."""
    centroids = sample[:cells].copy()
    for _ in range(_ROUNDS):
        cell_of = _nearest_cells(sample, centroids, 1)[:, 0]
        order = np.argsort(cell_of, kind="stable")
        present, first = np.unique(cell_of[order], return_index=True)
        sums = np.add.reduceat(sample[order], first, axis=0)
        moved = unit_rows(sums, precision=np.float32)
        somewhere = moved.any(axis=1)
        centroids[present[somewhere]] = moved[somewhere]
    return centroids


def _nearest_cells(vectors: NDArray[np.float32], centroids: NDArray[np.float32], count: int) -> NDArray[np.int32]:
    """The ``count`` cells nearest to each vector (n, count), at most as many as there are, the nearest first."""
    block, count = max(1, _CELLS // len(centroids)), min(count, len(centroids))
    nearest = np.empty((len(vectors), count), np.int32)

    def place(start: int) -> None:
        part = slice(start, start + block)
        products = vectors[part] @ centroids.T
        first = products.argmax(axis=1)
        nearest[part, 0] = first
        if count > 1:
            products[np.arange(len(products)), first] = -np.inf
            nearest[part, 1:] = _best(products, count - 1)

    in_threads(place, range(0, len(vectors), block))
    return nearest
