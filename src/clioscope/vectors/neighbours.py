"""Nearest neighbours by cosine: exact in blocks, approximate by cells for many vectors.

Candidates come from matrix products, whose last bits may hang on blocks and threads; the similarities that are
returned are computed anew row by row, so the same two vectors have the same similarity wherever they stand.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.vectors.cells import Some, cells_of
from clioscope.vectors.distinct import distinct_rows
from clioscope.vectors.largest import largest
from clioscope.vectors.scan import best_rows
from clioscope.vectors.threads import in_threads
from clioscope.vectors.unit import unit_rows

EXACT = 20_000  # above, the search by cells is several times faster (benchmarks/scale.py)
_CELLS = 1 << 23  # similarities held at once: 32 MB, and twice that for their order
_SPARE = 4  # candidates beyond k, so that rounding in the product cannot drop a true neighbour
_LONG = 30_000  # rows to search among that are read in blocks
_RANKED = 4096  # rows that a thread ranks at once
_RECOMPUTE = 1 << 22  # floats gathered at once when similarities are computed anew


class Neighbours(NamedTuple):
    """``indices`` (n, k) int32, nearest first, -1 where there is none; ``similarities`` (n, k) float32, the
    cosines in [-1, 1], 0 where there is none. Ties stand in the order of the index."""

    indices: NDArray[np.int32]
    similarities: NDArray[np.float32]


def knn(vectors: NDArray[Any], k: int, seed: int = 0, exact: int = EXACT) -> Neighbours:
    """The ``k`` nearest other vectors of every row of ``vectors`` (n, d).

    Twins are not each other's neighbours: of equal rows the first stands for all, and equal rows have equal
    neighbours. So k is capped at the number of distinct rows less one. Up to ``exact`` distinct rows the
    result is exact, above it lacks about 2 of 100 neighbours, others for another seed.
    """
    distinct = distinct_rows(vectors)
    near = knn_distinct(distinct.vectors, k, seed, exact)
    indices = np.where(near.indices >= 0, distinct.first[near.indices], -1).astype(np.int32)
    return Neighbours(indices[distinct.inverse], near.similarities[distinct.inverse])


def knn_distinct(vectors: NDArray[np.float32], k: int, seed: int = 0, exact: int = EXACT) -> Neighbours:
    """``knn`` of unit vectors that are known to be distinct."""
    if k <= 0 or len(vectors) <= exact:
        return neighbours_of(np.arange(len(vectors)), vectors, k)
    return _by_cells(vectors, min(k, len(vectors) - 1), seed)


def neighbours_of(rows: NDArray[np.integer[Any]], vectors: NDArray[np.float32], k: int) -> Neighbours:
    """The ``k`` nearest other vectors of some ``rows`` (s,) of distinct unit ``vectors`` (n, d), exactly.

    k is capped at n - 1.
    """
    return _scan(vectors[rows], vectors, max(0, min(k, len(vectors) - 1)), rows)


def nearest(queries: NDArray[Any], among: NDArray[Any], k: int) -> Neighbours:
    """The ``k`` rows of ``among`` (m, d) nearest to each row of ``queries`` (n, d), exactly.

    Of equal rows of ``among`` only the first counts. A query's result does not depend on the other queries.
    """
    distinct = distinct_rows(among)
    near = _scan(unit_rows(queries), distinct.vectors, max(0, min(k, len(distinct.vectors))))
    return Neighbours(distinct.first[near.indices].astype(np.int32), near.similarities)


def _scan(
    queries: NDArray[np.float32], among: NDArray[np.float32], k: int, own: NDArray[np.integer[Any]] | None = None
) -> Neighbours:
    """Exact search by blocks of a matrix product; ``own``: the row of ``among`` that each query is, if any."""
    rows, columns = len(queries), len(among)
    if k <= 0 or not rows:
        return Neighbours(np.zeros((rows, 0), np.int32), np.zeros((rows, 0), np.float32))
    wanted = min(k + _SPARE, columns if own is None else columns - 1)
    if columns > _LONG:
        barred = None if own is None else np.full(columns, -1, np.int64)
        if barred is not None:
            barred[own] = np.arange(rows)
        candidates = best_rows(queries, among, wanted, barred)
        step = max(1, _RECOMPUTE // wanted)
        ranked = (
            _ranked(queries[start : start + step], among, candidates[start : start + step], k)
            for start in range(0, rows, step)
        )
        return Neighbours(*(np.concatenate(arrays) for arrays in zip(*ranked, strict=True)))
    block = max(1, _CELLS // columns)
    parts: list[Neighbours] = []
    for start in range(0, rows, block):
        products = queries[start : start + block] @ among.T
        if own is not None:
            products[np.arange(len(products)), own[start : start + block]] = -np.inf
        parts.append(_ranked(queries[start : start + block], among, largest(products, wanted), k))
    return Neighbours(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))


def _by_cells(vectors: NDArray[np.float32], k: int, seed: int) -> Neighbours:
    """Approximate search."""
    return _gathered(cells_of(vectors, seed).own(k + _SPARE), vectors, vectors, k)


def nearest_by_cells(
    queries: NDArray[np.float32], among: NDArray[np.float32], k: int, seed: int = 0, exact: int = EXACT
) -> Neighbours:
    """The ``k`` rows of ``among`` (m, d) nearest to each row of ``queries`` (n, d), all of them distinct unit rows.

    Exact up to ``exact`` rows to search among; above, about 2 of 100 are others.
    """
    if k <= 0 or len(among) <= exact:
        return _scan(queries, among, max(0, min(k, len(among))))
    return _gathered(cells_of(among, seed).of(queries, k + _SPARE), queries, among, k)


def _gathered(blocks: Iterable[Some], queries: NDArray[np.float32], among: NDArray[np.float32], k: int) -> Neighbours:
    """The best ``k`` of the candidates that come for blocks of rows of the ``queries``."""
    indices = np.empty((len(queries), k), dtype=np.int32)
    similarities = np.empty((len(queries), k), dtype=np.float32)

    for rows, candidates in blocks:

        def rank(start: int, rows: NDArray[np.intp] = rows, candidates: NDArray[np.intp] = candidates) -> None:
            some = rows[start : start + _RANKED]
            likely = candidates[start : start + _RANKED]
            indices[some], similarities[some] = _ranked(queries[some], among, likely, k)

        in_threads(rank, range(0, len(rows), _RANKED))
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
