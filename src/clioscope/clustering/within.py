"""Base groups within given parts: no group has members of two parts."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from clioscope.clustering.cluster import NOISE, Clustering, cluster
from clioscope.clustering.target import target_clusters
from clioscope.settings import ClusteringSettings
from clioscope.vectors.centroids import nearest_centroid


def cluster_within(
    vectors: NDArray[np.float32], parts: NDArray[np.integer[Any]], settings: ClusteringSettings, seed: int = 0
) -> Clustering:
    """Group the rows of ``vectors`` (n, d) within each of the ``parts`` (n,), any whole numbers.

    Every part gets its share of the number of groups that the whole would have, and one at least. ``settings.size`` and
    ``settings.resolution`` hold for each part alike. The result is like that of ``cluster``: the largest group first.

    Raises SettingsError as ``cluster`` does.
    """
    free = settings.size is None and (settings.clusters is not None or settings.resolution is None)
    wanted = target_clusters(len(vectors), settings)
    labels = np.empty(len(vectors), dtype=np.int32)
    noise = np.zeros(len(vectors), dtype=np.bool_)
    nothing = np.zeros(len(vectors), dtype=np.bool_)
    centroids: list[NDArray[np.float32]] = []
    for part in np.unique(parts):
        rows = np.flatnonzero(parts == part)
        own = max(1, round(wanted * len(rows) / len(vectors)))
        chosen = settings.model_copy(update={"clusters": own}) if free else settings
        found = cluster(vectors[rows], chosen, seed)
        labels[rows] = found.labels + sum(map(len, centroids))
        noise[rows] = found.noise
        nothing[rows] = ~vectors[rows].any(axis=1)
        centroids.append(found.centroids)
    whole = np.concatenate(centroids)
    sizes = np.bincount(labels, minlength=len(whole))
    first = np.full(len(whole), len(vectors))
    np.minimum.at(first, labels, np.arange(len(vectors)))
    order = np.lexsort((first, -sizes))
    place = np.empty(len(whole), dtype=np.int32)
    place[order] = np.arange(len(whole), dtype=np.int32)
    labels, whole = place[labels], whole[order]
    _, margins = nearest_centroid(vectors, whole, own=labels)
    margins[noise] = np.clip(margins[noise] + NOISE, -2, 0)
    margins[nothing] = -2
    return Clustering(labels, margins, whole, noise, {"parts": len(centroids)})
