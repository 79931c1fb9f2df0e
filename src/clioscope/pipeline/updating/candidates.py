"""Candidate groups: what fits nothing and holds together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from clioscope.pipeline.updating.usual import LEAST, Usual
from clioscope.vectors.centroids import centroids_of, nearest_centroid

if TYPE_CHECKING:
    from clioscope.pipeline.updating.joint import Joint

_MOST = 4000  # conversations among which candidates are looked for


def holding_together(
    rows: Joint, pool: NDArray[np.intp], centroids: NDArray[np.float32], usual: Usual
) -> list[NDArray[np.intp]]:
    """Sets of rows among those of the ``pool`` that hold together, the largest first.

    Their members are more alike than half-way between members of one group and two neighbouring groups, and they are
    nearer to each other than to any of the ``centroids`` (k, d).
    """
    from scipy.cluster.hierarchy import fcluster, linkage

    pool = pool[-_MOST:]
    if len(pool) < LEAST:
        return []
    vectors = rows.vectors(pool)
    merged = linkage(vectors.astype(np.float64), "average", "cosine")
    parts = fcluster(merged, 1 - usual.holding, "distance")
    found = []
    for part in np.unique(parts):
        own = np.flatnonzero(parts == part)
        if len(own) < LEAST:
            continue
        centre = centroids_of(vectors[own], np.zeros(len(own), int), 1)
        others = (vectors[own] @ centroids.T).max(axis=1) if len(centroids) else np.full(len(own), -1.0)
        nearer = vectors[own] @ centre[0] - others
        if nearer.mean() > 0 and (nearer > 0).mean() > 0.5:
            found.append(pool[own])
    return sorted(found, key=lambda own: (-len(own), int(own[0])))


def drawn_to(
    rows: Joint,
    moving: NDArray[np.intp],
    labels: NDArray[np.int32],
    centroids: NDArray[np.float32],
    candidates: Sequence[int],
    among: Sequence[int],
) -> None:
    """Rows among those ``moving`` that lie nearest to a candidate, of the groups ``among``, go there, if they lie as
    near to it as one of its members."""
    there = np.array(among)
    vectors = rows.vectors(moving)
    nearest_one = there[nearest_centroid(vectors, centroids[there])[0]]
    least = {label: _cosines(rows, np.flatnonzero(labels == label), centroids[label]).min() for label in candidates}
    for label in candidates:
        own = nearest_one == label
        own &= vectors @ centroids[label] >= least[label]
        labels[moving[own]] = label


def _cosines(rows: Joint, members: NDArray[np.intp], centroid: NDArray[np.float32]) -> NDArray[np.float32]:
    found: NDArray[np.float32] = rows.vectors(members) @ centroid
    return found


def loosest(rows: Joint, labels: NDArray[np.int32], centroids: NDArray[np.float32], candidates: Sequence[int]) -> int:
    """The member of the candidates that lies farthest from its centroid."""
    members = np.flatnonzero(np.isin(labels, candidates))
    cosines = np.einsum("ij,ij->i", rows.vectors(members), centroids[labels[members]])
    return int(members[cosines.argmin()])
