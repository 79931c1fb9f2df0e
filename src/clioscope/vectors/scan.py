"""The rows with the largest products with each of a few queries, among many rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clioscope.vectors.threads import in_threads

_QUERIES = 256  # that a thread works on at once
_ROWS = 1 << 15  # of which a block of products is made: 32 MB


def best_rows(
    queries: NDArray[np.float32],
    among: NDArray[np.float32],
    count: int,
    barred: NDArray[np.integer[Any]] | None = None,
    seen: Callable[[int, int, NDArray[np.float32]], None] | None = None,
) -> NDArray[np.intp]:
    """The ``count`` rows of ``among`` (n, d) with the largest products with each of the ``queries`` (q, d): (q, count),
    largest first; -1 where there are fewer.

    ``barred`` (n,): for each row the query that may not have it, or -1. Rows are read in blocks, and of each block only
    what beats the best so far is kept, so most products are compared once and never sorted. ``seen`` is handed every
    block of products with the numbers of its first query and first row, from several threads.
    """
    found = np.full((len(queries), count), -1, np.intp)

    def search(start: int) -> None:
        some = queries[start : start + _QUERIES]
        best = np.full((len(some), count), -np.inf, np.float32)
        who = found[start : start + _QUERIES]
        for left in range(0, len(among), _ROWS):
            products = some @ among[left : left + _ROWS].T
            if barred is not None:
                own = barred[left : left + _ROWS] - start
                columns = np.flatnonzero((own >= 0) & (own < len(some)))
                products[own[columns], columns] = -np.inf
            if seen is not None:
                seen(start, left, products)
            _take(best, who, products, left)
        order = np.argsort(-best, axis=1, kind="stable")
        found[start : start + _QUERIES] = np.take_along_axis(who, order, axis=1)

    if count > 0:
        in_threads(search, range(0, len(queries), _QUERIES))
    return found


def ranked_rows(
    queries: NDArray[np.float32],
    among: NDArray[np.float32],
    count: int,
    barred: NDArray[np.integer[Any]],
    asked: NDArray[np.integer[Any]],
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """What ``best_rows`` finds, and the ranks (q, c) of the rows ``asked`` (q, c) for each query, 1 for that with the
    largest product. Both come from one pass.

    Rounding may exchange rows whose products are as good as equal.
    """
    limits = np.einsum("qd,qcd->qc", queries, among[asked], dtype=np.float64).astype(np.float32)
    order = np.argsort(limits, axis=1)
    limits, asked = np.take_along_axis(limits, order, axis=1), np.take_along_axis(asked, order, axis=1)
    above = np.zeros(asked.shape, np.intp)

    def look(start: int, left: int, products: NDArray[np.float32]) -> None:
        part = slice(start, start + len(products))
        for row, limit in enumerate(limits[part].tolist()):
            over = products[row]
            for place, least in enumerate(limit):
                over = over[over > least]
                above[start + row, place] += len(over)
        columns = asked[part] - left
        rows, places = np.nonzero((columns >= 0) & (columns < products.shape[1]))
        itself = products[rows, columns[rows, places]] > limits[part][rows, places]  # by rounding
        above[start + rows[itself], places[itself]] -= 1

    found = best_rows(queries, among, count, barred, look)
    ranks = np.empty_like(above)
    np.put_along_axis(ranks, order, above + 1, axis=1)
    return found, ranks


def _take(best: NDArray[np.float32], who: NDArray[np.intp], products: NDArray[np.float32], first: int) -> None:
    """Put the products of rows ``first`` and following that are among the best of a query into ``best`` and ``who``."""
    count, width = best.shape[1], products.shape[1]
    if np.isneginf(best).any() and width > count:  # nothing to beat yet: the largest of each query
        columns = np.argpartition(products, width - count, axis=1)[:, width - count :]
        rows = np.repeat(np.arange(len(best)), count)
        columns = columns.ravel()
        beats = products[rows, columns] > best.min(axis=1)[rows]
        rows, columns = rows[beats], columns[beats]
    else:
        rows, columns = np.nonzero(products > best.min(axis=1)[:, None])
    if not len(rows):
        return
    sizes = np.bincount(rows, minlength=len(best))
    place = np.arange(len(rows)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    values = np.full((len(best), count + int(sizes.max())), -np.inf, np.float32)
    indices = np.full(values.shape, -1, np.intp)
    values[:, :count], indices[:, :count] = best, who
    values[rows, count + place], indices[rows, count + place] = products[rows, columns], first + columns
    kept = np.argpartition(values, values.shape[1] - count, axis=1)[:, values.shape[1] - count :]
    best[:] = np.take_along_axis(values, kept, axis=1)
    who[:] = np.take_along_axis(indices, kept, axis=1)
