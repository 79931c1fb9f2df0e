"""Which groups of an updated atlas change: candidates among what fits nothing, and groups that no longer hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.vectors.centroids import centroids_of, nearest_centroid
from clioscope.vectors.spaced import evenly_spaced

if TYPE_CHECKING:
    from clioscope.pipeline.updating.placing import Geometry

_OUT = -1  # the label of what fits nothing while there is no group of it
LEAST = 5  # conversations of a candidate, or of a part of a group that is split
GREW = 1.2  # a group this many times as large as when it was made is looked at again
_SAMPLED = 20  # members that tell how alike the members of a group are
_GROUPS = 60  # groups that tell what is usual
_MOST = 4000  # conversations among which candidates are looked for


class Structure(NamedTuple):
    """``labels`` (n,): the base groups of old and new rows, ``centroids`` (k, d). ``none``: the label of the group of
    what fits nothing, or None. ``candidates``: labels of groups that are new; ``part_of``: of the added part of a
    group that was split, the label of the group that it comes from, which is that of the other part."""

    labels: NDArray[np.int32]
    centroids: NDArray[np.float32]
    none: int | None
    candidates: list[int]
    part_of: dict[int, int]


class Joint(NamedTuple):
    """Vectors of old and new rows: those of the atlas by its ``geometry``, followed by ``new`` (n, d)."""

    geometry: Geometry
    new: NDArray[np.float32]

    def vectors(self, rows: NDArray[np.integer]) -> NDArray[np.float32]:
        """The smoothed vectors (r, d) of some rows."""
        old = rows < len(self.geometry)
        found = np.empty((len(rows), self.new.shape[1]), np.float32)
        found[old] = self.geometry.vectors(rows[old])
        found[~old] = self.new[rows[~old] - len(self.geometry)]
        return found


class Reordered(NamedTuple):
    """The vectors of rows in another order: row i is row ``order[i]`` of ``rows``."""

    rows: Joint
    order: NDArray[np.int64]

    def vectors(self, rows: NDArray[np.integer]) -> NDArray[np.float32]:
        """The smoothed vectors (r, d) of some rows."""
        return self.rows.vectors(self.order[rows])


class Usual(NamedTuple):
    """What groups of the atlas are like: ``alike``, the mean cosine of two members; ``apart``, the cosine of a group's
    centroid with that of the nearest other group; both are medians."""

    alike: float
    apart: float


def usual_groups(geometry: Geometry, none: int | None) -> Usual:
    """What is usual among the groups of an atlas, from a few members of some groups."""
    there = np.array([label for label in range(len(geometry.centroids)) if label != none])
    cosines = geometry.centroids[there] @ geometry.centroids[there].T
    np.fill_diagonal(cosines, -1)
    alike = []
    for label in there[evenly_spaced(len(there), _GROUPS)].tolist():
        members = geometry.members(label)
        if len(members) >= 2:
            alike.append(_alike(geometry.vectors(members[evenly_spaced(len(members), _SAMPLED)])))
    return Usual(
        float(np.median(alike)) if alike else 1.0, float(np.median(cosines.max(axis=1))) if len(there) > 1 else 0.0
    )


def restructured(
    rows: Joint,
    labels: NDArray[np.int32],
    fits: NDArray[np.bool_],
    none: int | None,
    sizes: Sequence[int],
    seed: int,
) -> Structure:
    """The groups after new conversations came.

    ``labels`` (n,) are the groups of all rows, old ones first; ``fits`` (n,) is false for rows that fit none;
    ``sizes`` (k,) are those that the groups had when they were made.
    """
    geometry = rows.geometry
    labels, centroids = labels.copy(), geometry.centroids
    labels[~fits] = _OUT if none is None else none
    usual = usual_groups(geometry, none)
    candidates: list[int] = []
    for members in _holding_together(rows, labels, none, centroids, usual):
        label = len(centroids)
        centroids = np.concatenate([centroids, centroids_of(rows.vectors(members), np.zeros(len(members), int), 1)])
        labels[members] = label
        candidates.append(label)
    _drawn_to(rows, labels, centroids, candidates, none)
    if (labels == _OUT).any():
        none = len(centroids)
        labels[labels == _OUT] = none
        centroids = np.concatenate([centroids, np.zeros((1, centroids.shape[1]), np.float32)])
    elif none is not None and not (labels == none).any():
        labels[_loosest(rows, labels, centroids, candidates)] = none  # a group is never empty
    part_of: dict[int, int] = {}
    counts = np.bincount(labels, minlength=len(centroids))
    for label, size in enumerate(sizes):
        if label == none or counts[label] < GREW * size or counts[label] < 2 * LEAST:
            continue
        members = np.flatnonzero(labels == label)
        halves = _halves(rows.vectors(members), members < len(geometry), usual.apart, seed)
        if halves is None:
            continue
        new = len(centroids)
        labels[members[halves == 1]] = new
        both = centroids_of(rows.vectors(members), halves, 2)
        centroids = np.concatenate([centroids, both[1:]])
        centroids[label] = both[0]
        part_of[new] = label
    return Structure(labels, centroids, none, candidates, part_of)


def _holding_together(
    rows: Joint, labels: NDArray[np.int32], none: int | None, centroids: NDArray[np.float32], usual: Usual
) -> list[NDArray[np.intp]]:
    """Sets of what fits nothing that hold together.

    Their members are more alike than half-way between members of one group and two neighbouring groups, and they are
    nearer to each other than to any group.
    """
    from scipy.cluster.hierarchy import fcluster, linkage

    pool = np.flatnonzero(labels == (_OUT if none is None else none))[-_MOST:]
    if len(pool) < LEAST:
        return []
    vectors = rows.vectors(pool)
    merged = linkage(vectors.astype(np.float64), "average", "cosine")
    parts = fcluster(merged, 1 - (usual.alike + usual.apart) / 2, "distance")
    there = np.delete(centroids, none, axis=0) if none is not None else centroids
    found = []
    for part in np.unique(parts):
        own = np.flatnonzero(parts == part)
        if len(own) < LEAST:
            continue
        centre = centroids_of(vectors[own], np.zeros(len(own), int), 1)
        nearer = vectors[own] @ centre[0] - (vectors[own] @ there.T).max(axis=1)
        if nearer.mean() > 0 and (nearer > 0).mean() > 0.5:
            found.append(pool[own])
    return sorted(found, key=lambda own: (-len(own), int(own[0])))


def _drawn_to(
    rows: Joint,
    labels: NDArray[np.int32],
    centroids: NDArray[np.float32],
    candidates: Sequence[int],
    none: int | None,
) -> None:
    """New conversations, and those that fit nothing, that lie nearest to a candidate go there."""
    if not candidates:
        return
    start = len(rows.geometry)
    moving = np.flatnonzero((np.arange(len(labels)) >= start) | (labels == (_OUT if none is None else none)))
    there = np.array([label for label in range(len(centroids)) if label != none])
    vectors = rows.vectors(moving)
    nearest_one = there[nearest_centroid(vectors, centroids[there])[0]]
    own = np.isin(nearest_one, candidates)
    labels[moving[own]] = nearest_one[own]


def _loosest(rows: Joint, labels: NDArray[np.int32], centroids: NDArray[np.float32], candidates: Sequence[int]) -> int:
    """The member of the candidates that lies farthest from its centroid."""
    members = np.flatnonzero(np.isin(labels, candidates))
    cosines = np.einsum("ij,ij->i", rows.vectors(members), centroids[labels[members]])
    return int(members[cosines.argmin()])


def _halves(vectors: NDArray[np.float32], old: NDArray[np.bool_], apart: float, seed: int) -> NDArray[np.int32] | None:
    """The two halves of a group: 0, which has more of its ``old`` members, or 1. None where they are nearer to each
    other than two groups usually are."""
    from sklearn.cluster import KMeans

    if len(np.unique(vectors, axis=0)) < 2:
        return None
    labels = KMeans(2, n_init=3, random_state=seed).fit_predict(vectors)
    sizes = np.bincount(labels, minlength=2)
    if sizes.min() < LEAST:
        return None
    both = centroids_of(vectors, labels, 2)
    if float(both[0] @ both[1]) > apart:
        return None
    first = np.bincount(labels, weights=old, minlength=2)
    return np.asarray(labels if first[0] >= first[1] else 1 - labels, dtype=np.int32)


def _alike(vectors: NDArray[np.float32]) -> float:
    """The mean cosine of two different rows."""
    count = len(vectors)
    total = vectors.sum(axis=0)
    return float((total @ total - np.einsum("ij,ij->", vectors, vectors)) / (count * (count - 1)))
