"""New vectors into groups that are there already, and which rows count as rare."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from clioscope.vectors.centroids import nearest_centroid
from clioscope.vectors.distinct import distinct_rows
from clioscope.vectors.unit import unit_rows


def assign_vectors(
    vectors: NDArray[Any],
    stored: NDArray[Any],
    labels: NDArray[np.integer[Any]],
    centroids: NDArray[np.float32],
    closed: NDArray[np.bool_] | None = None,
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Labels (n,) and margins (n,) of new ``vectors`` (n, d), given those ``stored`` (m, d) and their ``labels`` (m,).

    A vector that is stored already gets its stored label. Any other gets the label of the nearest of the unit
    ``centroids`` (k, d) that is not ``closed`` (k,), and so does one that is stored in a closed group. A row of zeros
    has a margin of -2. Raises ValueError for NaN or infinite values.
    """
    unit = unit_rows(vectors)
    if closed is not None and closed.any() and not closed.all():
        there, place = np.flatnonzero(~closed), np.cumsum(~closed) - 1
        inside = ~closed[labels]
        found, margins = assign_vectors(vectors, stored[inside], place[labels[inside]], centroids[there])
        return there[found].astype(np.int32), margins
    known = distinct_rows(stored)
    both = distinct_rows(np.concatenate([known.vectors, unit]))
    own = np.full(len(both.vectors), -1, dtype=np.int32)
    own[both.inverse[: len(known.vectors)]] = labels[known.first]
    mine = own[both.inverse[len(known.vectors) :]]
    assigned, margins = nearest_centroid(unit, centroids, own=mine)
    margins[~unit.any(axis=1)] = -2
    return assigned, margins


def rare(margins: NDArray[np.floating[Any]], share: float) -> NDArray[np.bool_]:
    """Which rows are rare: those with the lowest margins, at most ``share`` of all.

    Rows of equal margin are treated alike, so where a tie would cross the share none of the tied is rare.
    """
    allowed = int(share * len(margins))
    if allowed == 0:
        return np.zeros(len(margins), dtype=np.bool_)
    return np.asarray(margins < np.partition(margins, allowed)[allowed])
