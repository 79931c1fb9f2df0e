"""Which texts stand for a group in a question: members that cover it, and its nearest non-members."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clioscope.vectors.scan import best_rows

_FEW = 20_000  # rows among which each group looks by itself
ENOUGH = 3  # asked conversations of a group that stand for it


def asked_first(rows: NDArray[np.intp], asked: NDArray[np.bool_] | None, enough: int = ENOUGH) -> NDArray[np.intp]:
    """Those of ``rows`` that the model was asked about (``asked``, one per conversation), if they are ``enough``; else
    all of them."""
    if asked is None:
        return rows
    own = rows[asked[rows]]
    return own if len(own) >= min(enough, len(rows)) else rows


def shown_members(
    rows: NDArray[np.intp], vectors: NDArray[np.float32], asked: NDArray[np.bool_] | None, count: int
) -> NDArray[np.intp]:
    """Up to ``count`` of ``rows`` that cover a group: those that the model was asked about, then others that cover the
    rest.

    ``vectors`` (n, d) and ``asked`` (n,) have a row per conversation. A name made of three answers would describe three
    conversations; the beginnings of others show what else the group holds.
    """
    own = rows if asked is None else rows[asked[rows]]
    first = own[covering_members(vectors[own], count)]
    if asked is None or len(first) == count:
        return first
    rest = rows[~asked[rows]]
    return np.concatenate([first, rest[covering_members(vectors[rest], count - len(first), vectors[first])]])


def covering_members(
    vectors: NDArray[np.float32], count: int, beside: NDArray[np.float32] | None = None
) -> NDArray[np.intp]:
    """Indices of up to ``count`` rows that cover a group, most central first. Rows near to those ``beside`` (m, d) are
    covered already.

    The choice is greedy: it maximises the facility-location function, the sum over rows of the cosine to the nearest
    chosen row. That comes within 1 - 1/e of the best cover (Nemhauser, Wolsey and Fisher 1978). ``vectors`` (n, d)
    are unit rows. Of more than 2,000 rows, an evenly spaced subset is covered.
    """
    rows = np.arange(len(vectors))
    if len(vectors) > 2000:
        rows = np.linspace(0, len(vectors) - 1, 2000).astype(np.intp)
    similarity = vectors[rows] @ vectors[rows].T
    covered = np.full(len(rows), -1.0, dtype=np.float32)
    if beside is not None and len(beside):
        covered = (vectors[rows] @ beside.T).max(axis=1)
    chosen: list[int] = []
    for _ in range(min(count, len(rows))):
        gains = np.maximum(similarity, covered[:, None]).sum(axis=0) - covered.sum()
        gains[chosen] = -np.inf
        best = int(gains.argmax())
        chosen.append(best)
        covered = np.maximum(covered, similarity[:, best])
    return rows[chosen].astype(np.intp)


def spread_members(vectors: NDArray[np.float32], groups: NDArray[np.integer], count: int) -> NDArray[np.intp]:
    """Indices of up to ``count`` rows that stand for groups of groups: from every group, in proportion to its size.

    ``vectors`` (n, d) are unit rows, ``groups`` (n,) the group of each. Where there are enough, each group gives at
    least one row; within a group, the rows cover it. Rows of the largest group come first.
    """
    numbers, sizes = np.unique(groups, return_counts=True)
    order = np.lexsort((numbers, -sizes))[:count]
    shares = np.ones(len(order), dtype=np.intp)
    for _ in range(min(count, len(groups)) - len(order)):
        open_ = shares < sizes[order]
        due = np.where(open_, sizes[order] / (2 * shares + 1), -1.0)  # Sainte-Laguë: proportional, the fairest to small
        shares[int(due.argmax())] += 1
    chosen = []
    for place, share in zip(order, shares, strict=True):
        rows = np.flatnonzero(groups == numbers[place])
        chosen.append(rows[covering_members(vectors[rows], int(share))])
    return np.concatenate(chosen) if chosen else np.zeros(0, dtype=np.intp)


def all_outsiders(
    centroids: NDArray[np.float32],
    vectors: NDArray[np.float32],
    labels: NDArray[np.integer[Any]],
    counts: Sequence[int],
) -> list[NDArray[np.intp]]:
    """``nearest_outsiders`` of every group 0..k-1 of ``labels`` (n,), as many as its one of ``counts`` (k) says.

    ``centroids`` (k, d) and ``vectors`` (n, d) are unit rows. Many rows are read once for
    all groups that ask for about as many.
    """
    if len(vectors) <= _FEW:
        return [
            nearest_outsiders(centroid, vectors, labels == group, count)
            for group, (centroid, count) in enumerate(zip(centroids, counts, strict=True))
        ]
    found = [np.zeros(0, np.intp)] * len(centroids)
    classes = np.array([count.bit_length() for count in counts])  # groups that ask for about as many
    for size in np.unique(classes).tolist():
        groups = np.flatnonzero(classes == size)
        place = np.full(max(len(centroids), int(labels.max(initial=-1)) + 1), -1)
        place[groups] = np.arange(len(groups))
        own = np.where(labels >= 0, place[labels], -1)
        nearest = best_rows(centroids[groups], vectors, max(counts[group] for group in groups.tolist()), barred=own)
        for group, rows in zip(groups.tolist(), nearest, strict=True):
            found[group] = rows[rows >= 0][: counts[group]]
    return found


def nearest_outsiders(
    centroid: NDArray[np.float32], vectors: NDArray[np.float32], inside: NDArray[np.bool_], count: int
) -> NDArray[np.intp]:
    """Indices of the ``count`` rows outside a group that lie nearest to its centroid, nearest first (Clio, G.5).

    ``centroid`` (d,) and ``vectors`` (n, d) are unit rows; ``inside`` (n,) says which rows the group holds.
    """
    outside = np.flatnonzero(~inside)
    count = min(count, len(outside))
    if count == 0:
        return np.zeros(0, dtype=np.intp)
    similarity = vectors[outside] @ centroid
    nearest = np.argpartition(-similarity, count - 1)[:count]
    return outside[nearest[np.argsort(-similarity[nearest], kind="stable")]].astype(np.intp)
