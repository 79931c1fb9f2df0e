"""Nearest neighbours by cosine: exact in blocks, approximate by cells for many vectors.

Candidates come from matrix products, whose last bits may hang on blocks and threads; the similarities that are
returned are computed anew row by row, so the same two vectors have the same similarity wherever they stand.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.vectors.cells import candidates_by_cells
from clioscope.vectors.distinct import distinct_rows
from clioscope.vectors.unit import unit_rows

EXACT = 20_000  # above, the search by cells is several times faster (benchmarks/scale.py)
_CELLS = 1 << 23  # similarities held at once: 32 MB, and twice that for their order
_SPARE = 4  # candidates beyond k, so that rounding in the product cannot drop a true neighbour
_RECOMPUTE = 1 << 23  # floats gathered at once when similarities are computed anew


class Neighbours(NamedTuple):
    """``indices`` (n, k) int32, nearest first, -1 where there is none; ``similarities`` (n, k) float32, the
    cosines in [-1, 1], 0 where there is none. Ties stand in the order of the index."""

    indices: NDArray[np.int32]
    similarities: NDArray[np.float32]


def knn(vectors: NDArray[Any], k: int, seed: int = 0, exact: int = EXACT) -> Neighbours:
    """The ``k`` nearest other vectors of every row of ``vectors`` (n, d).

    Twins are not each other's neighbours: of equal rows the first stands for all, and equal rows have equal
    neighbours. So k is capped at the number of distinct rows less one. Up to ``exact`` distinct rows the
    result is exact, above it lacks about 3 of 100 neighbours, others for another seed.
    """
    distinct = distinct_rows(vectors)
    found = knn_distinct(distinct.vectors, k, seed, exact)
    indices = np.where(found.indices >= 0, distinct.first[found.indices], -1).astype(np.int32)
    return Neighbours(indices[distinct.inverse], found.similarities[distinct.inverse])


def knn_distinct(vectors: NDArray[np.float32], k: int, seed: int = 0, exact: int = EXACT) -> Neighbours:
    """``knn`` of unit vectors that are known to be distinct."""
    k = max(0, min(k, len(vectors) - 1))
    if k == 0:
        return _nothing(len(vectors))
    if len(vectors) <= exact:
        return _scan(vectors, vectors, k, itself=True)
    return _by_cells(vectors, k, seed)


def nearest(queries: NDArray[Any], among: NDArray[Any], k: int) -> Neighbours:
    """The ``k`` rows of ``among`` (m, d) nearest to each row of ``queries`` (n, d), exactly.

    Of equal rows of ``among`` only the first counts. A query's result does not depend on the other queries.
    """
    distinct = distinct_rows(among)
    k = max(0, min(k, len(distinct.vectors)))
    if k == 0 or not len(queries):
        return _nothing(len(queries))
    found = _scan(unit_rows(queries), distinct.vectors, k, itself=False)
    return Neighbours(distinct.first[found.indices].astype(np.int32), found.similarities)


def _nothing(rows: int) -> Neighbours:
    return Neighbours(np.zeros((rows, 0), np.int32), np.zeros((rows, 0), np.float32))


def _scan(queries: NDArray[np.float32], among: NDArray[np.float32], k: int, *, itself: bool) -> Neighbours:
    """Exact search by blocks of a matrix product."""
    rows, columns = len(queries), len(among)
    wanted = min(k + _SPARE, columns - 1 if itself else columns)
    block = max(1, _CELLS // columns)
    parts: list[Neighbours] = []
    for start in range(0, rows, block):
        products = queries[start : start + block] @ among.T
        if itself:
            here = np.arange(len(products))
            products[here, here + start] = -np.inf
        if wanted < columns:
            candidates = np.argpartition(products, columns - wanted, axis=1)[:, columns - wanted :]
        else:
            candidates = np.broadcast_to(np.arange(columns), products.shape)
        parts.append(_ranked(queries[start : start + block], among, candidates, k))
    return Neighbours(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))


def _by_cells(vectors: NDArray[np.float32], k: int, seed: int) -> Neighbours:
    """Approximate search."""
    indices = np.empty((len(vectors), k), dtype=np.int32)
    similarities = np.empty((len(vectors), k), dtype=np.float32)
    for rows, candidates in candidates_by_cells(vectors, k + _SPARE, seed):
        indices[rows], similarities[rows] = _ranked(vectors[rows], vectors, candidates, k)
    return Neighbours(indices, similarities)


def _ranked(queries: NDArray[np.float32], among: NDArray[np.float32], candidates: NDArray[Any], k: int) -> Neighbours:
    """The best ``k`` of the candidates (rows of ``among``; -1: none), by similarity, then by index."""
    candidates = np.sort(candidates, axis=1)  # so that the stable sort below breaks ties by index
    similarities = np.empty(candidates.shape, dtype=np.float32)
    block = max(1, _RECOMPUTE // max(1, candidates.shape[1] * among.shape[1]))
    for start in range(0, len(queries), block):
        rows = slice(start, start + block)
        similarities[rows] = (among[candidates[rows]] * queries[rows, None, :]).sum(axis=2)
    similarities[candidates < 0] = -np.inf
    order = np.argsort(-similarities, axis=1, kind="stable")[:, :k]
    indices = np.take_along_axis(candidates, order, axis=1).astype(np.int32)
    ranked = np.take_along_axis(similarities, order, axis=1)
    return Neighbours(indices, np.where(indices >= 0, ranked, np.float32(0)))
