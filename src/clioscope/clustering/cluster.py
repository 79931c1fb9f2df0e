"""From vectors to base groups: the stage, around whichever method is chosen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.clustering.clusterer import Partition, clusterers
from clioscope.clustering.number import Choice, choose_number
from clioscope.clustering.target import target_clusters
from clioscope.settings import ClusteringSettings
from clioscope.vectors.centroids import centroids_of, nearest_centroid
from clioscope.vectors.distinct import Distinct, distinct_rows
from clioscope.vectors.unit import unit_rows

Rows = Callable[[NDArray[np.intp]], NDArray[Any]]  # the vectors of some rows
NOISE = -2.0  # added to the margin of what the method called noise, so that it is rare before all else


class Clustering(NamedTuple):
    """Base groups of n rows.

    ``labels`` (n,) int32, 0..k-1, the group with most distinct vectors first; ``margins`` (n,) float32 in
    [-2, 2]: cosine to the own centroid less that to the best other one (with one group: the cosine itself);
    ``centroids`` (k, d) float32, unit means of the distinct members; ``noise`` (n,) bool: rows that the method put into
    no group, and that went to the nearest one; ``info``: plain values for the manifest.
    """

    labels: NDArray[np.int32]
    margins: NDArray[np.float32]
    centroids: NDArray[np.float32]
    noise: NDArray[np.bool_]
    info: dict[str, Any]


def cluster(
    vectors: NDArray[Any],
    settings: ClusteringSettings,
    seed: int = 0,
    counts: NDArray[np.integer[Any]] | None = None,
    judged: NDArray[Any] | Rows | None = None,
) -> Clustering:
    """Group the rows of ``vectors`` (n, d) by the method of the settings.

    Equal rows are one point in the geometry: twins share a group, and neither duplicating nor shuffling rows
    changes any row's group or number. Row ``counts`` (how often each conversation occurs) decide nothing: they
    are summed by group in ``info["sizes"]``. Rows that a method calls noise go to the nearest centroid with a
    margin of 0 or less. Rows of zeros (nothing was said) go to the first group with a margin of -2.

    If the settings name neither number, size nor resolution, the number of groups is chosen by silhouette on ``judged``
    (n, d), the rows before smoothing (if not given: ``vectors``), or on what a function gives for some of the rows;
    ``info["tried"]`` says what was tried.

    Raises SettingsError for an unknown method, a wrong option, or a method that cannot take so many rows.
    """
    method = clusterers.get(settings.method)
    distinct = distinct_rows(vectors)
    known = np.any(distinct.vectors != 0, axis=1)
    points = distinct.vectors if known.all() else distinct.vectors[known]
    chosen = _target(points, distinct, known, vectors if judged is None else judged, settings, seed)
    target = chosen.target
    free = settings.resolution is not None and settings.clusters is None and settings.size is None
    if len(points) < 2 or (target < 2 and not free):
        part = Partition(np.zeros(len(points), dtype=np.int32), {})
    elif target >= len(points) and not free:
        part = Partition(np.arange(len(points), dtype=np.int32), {})
    else:
        part = method(points, target, settings, seed)
    if chosen.tried:
        tried = [{"groups": one.groups, "silhouette": round(one.silhouette, 4)} for one in chosen.tried]
        part = part._replace(info={**part.info, "tried": tried})
    grouped = finish(points, part)
    return broadcast(grouped, distinct, known, counts)


def _target(
    points: NDArray[np.float32],
    distinct: Distinct,
    known: NDArray[np.bool_],
    judged: NDArray[Any] | Rows,
    settings: ClusteringSettings,
    seed: int,
) -> Choice:
    """The number of groups to aim at, with what was tried to find it."""
    if settings.clusters is not None or settings.size is not None or settings.resolution is not None:
        return Choice(target_clusters(len(points), settings), [])

    def before(count: int) -> NDArray[np.float32]:
        rows = distinct.first[known][:count]
        return unit_rows(judged(rows) if callable(judged) else judged[rows])

    return choose_number(points, before, settings, seed)


def finish(points: NDArray[np.float32], part: Partition) -> Clustering:
    """Canonical numbers, centroids and margins for a partition of distinct vectors."""
    noise = part.labels < 0
    core = np.zeros(len(points), dtype=np.int32) if noise.all() else _numbered(part.labels)
    centroids = centroids_of(points, core, int(core.max(initial=0)) + 1)
    order = core
    if (core < 0).any():
        labels, _ = nearest_centroid(points, centroids, own=core)
        # numbered again: the noise may have changed which group is the largest
        order = _numbered(labels)
        moved = np.empty(len(centroids), dtype=np.intp)
        moved[order] = labels
        centroids = centroids[moved]
    labels, margins = nearest_centroid(points, centroids, own=order)
    margins[noise] = np.clip(margins[noise] + NOISE, -2, 0)
    info = dict(part.info)
    if noise.any():
        info["noise"] = int(noise.sum())
    return Clustering(labels, margins, centroids, noise, info)


def broadcast(
    grouped: Clustering,
    distinct: Distinct,
    known: NDArray[np.bool_],
    counts: NDArray[np.integer[Any]] | None = None,
) -> Clustering:
    """The clustering of all rows, from that of the distinct vectors.

    ``known`` says which distinct vectors are not zero; the others go to the first group with a margin of -2.
    """
    labels = np.zeros(len(known), dtype=np.int32)
    margins = np.full(len(known), -2, dtype=np.float32)
    noise = np.zeros(len(known), dtype=np.bool_)
    labels[known], margins[known], noise[known] = grouped.labels, grouped.margins, grouped.noise
    labels, margins, noise = labels[distinct.inverse], margins[distinct.inverse], noise[distinct.inverse]
    info = {**grouped.info, "distinct": len(known)}
    if counts is not None:
        sizes = np.bincount(labels, weights=counts, minlength=len(grouped.centroids))
        info["sizes"] = sizes.astype(np.int64).tolist()
    return Clustering(labels, margins, grouped.centroids, noise, info)


def set_apart(grouped: Clustering, apart: NDArray[np.bool_], vectors: NDArray[Any]) -> Clustering:
    """The clustering of ``vectors`` (n, d) with the rows ``apart`` (n,) in a group of their own, the last one.

    The other groups keep their members that remain, and are numbered anew, the largest first; one without members is
    gone. Rows that are apart have a margin of 0 or less. Where all rows or none are apart, nothing changes.
    """
    if apart.all() or not apart.any():
        return grouped
    labels = _numbered(np.where(apart, -1, grouped.labels))
    last = int(labels.max()) + 1
    unit = unit_rows(vectors)
    centroids = centroids_of(unit, np.where(apart, last, labels), last + 1)
    placed, margins = nearest_centroid(unit, centroids[:last], own=labels)
    margins[apart] = np.clip(margins[apart] + NOISE, -2, 0)
    margins[~unit.any(axis=1)] = -2
    return grouped._replace(labels=np.where(apart, last, placed).astype(np.int32), margins=margins, centroids=centroids)


def _numbered(labels: NDArray[np.integer[Any]]) -> NDArray[np.int32]:
    """Labels renumbered 0, 1, …: larger groups first, then the one whose first member comes first; -1 stays."""
    result = np.full(len(labels), -1, dtype=np.int32)
    inside = labels >= 0
    _, first, inverse, sizes = np.unique(labels[inside], return_index=True, return_inverse=True, return_counts=True)
    rank = np.empty(len(first), dtype=np.int32)
    rank[np.lexsort((first, -sizes))] = np.arange(len(first), dtype=np.int32)
    result[inside] = rank[inverse.reshape(-1)]
    return result
