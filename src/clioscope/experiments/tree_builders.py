"""Builders of a level above base groups, from the vectors alone: linkages, and Leiden again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

# (vectors, base labels, wanted groups at the top, seed) -> base labels, parent of each base group
Builder = Callable[[NDArray[np.float32], NDArray[Any], int, int], tuple[NDArray[Any], NDArray[Any]]]
DEFAULT = "ward, groups alike"


def linked(method: str) -> Builder:
    """A linkage of scipy on the unit centroids, cut into the wanted number of groups."""

    def build(
        vectors: NDArray[np.float32], base: NDArray[Any], top: int, seed: int
    ) -> tuple[NDArray[Any], NDArray[Any]]:
        from scipy.cluster.hierarchy import fcluster, linkage

        means = centroids(vectors, base)
        tree = linkage(means, method=method, metric="euclidean" if method == "ward" else "cosine")
        return base, fcluster(tree, top, criterion="maxclust") - 1

    return build


def ours(by_size: bool) -> Builder:
    """Ward's linkage as a build does it. ``by_size``: whether base groups weigh as much as they have members."""

    def build(
        vectors: NDArray[np.float32], base: NDArray[Any], top: int, seed: int
    ) -> tuple[NDArray[Any], NDArray[Any]]:
        from clioscope.hierarchy.linkage import linkage_levels

        means = centroids(vectors, base)
        sizes = np.bincount(base) if by_size else np.ones(len(means), dtype=np.int64)
        return base, linkage_levels(means, sizes, [len(means), top])[0]

    return build


def leiden_of_groups(
    vectors: NDArray[np.float32], base: NDArray[Any], top: int, seed: int
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Bottom-up: Leiden on a graph of the base groups, whose edges are the sums of the edges between their rows."""
    from scipy.sparse import csr_array

    from clioscope.clustering.leiden import LeidenOptions, best_run, find_resolution, neighbour_graph
    from clioscope.settings import ClusteringSettings

    options = LeidenOptions()
    graph = neighbour_graph(vectors, ClusteringSettings(), options, seed)
    count = int(base.max()) + 1
    member = csr_array((np.ones(len(base)), (base, np.arange(len(base)))), shape=(count, len(base)))
    between = (member @ graph @ member.T).tocsr()
    between.sort_indices()
    resolution = find_resolution(between, top, options, seed)
    return base, best_run(between, resolution, options, seed)


def leiden_of_centroids(
    vectors: NDArray[np.float32], base: NDArray[Any], top: int, seed: int
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Bottom-up: the clustering of a build, on the centroids of the base groups."""
    from clioscope.clustering import cluster
    from clioscope.settings import ClusteringSettings

    return base, cluster(centroids(vectors, base), ClusteringSettings(clusters=top), seed).labels


def top_down(
    vectors: NDArray[np.float32], base: NDArray[Any], top: int, seed: int
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Leiden into the top groups, then again within each of them, into about as many base groups as there were."""
    from clioscope.clustering import cluster
    from clioscope.settings import ClusteringSettings

    above = cluster(vectors, ClusteringSettings(clusters=top), seed).labels
    labels = np.zeros(len(vectors), dtype=np.int64)
    parents: list[int] = []
    for parent in range(int(above.max()) + 1):
        rows = np.flatnonzero(above == parent)
        share = max(1, round(len(rows) / len(vectors) * (int(base.max()) + 1)))
        own = cluster(vectors[rows], ClusteringSettings(clusters=share), seed).labels
        labels[rows] = own + len(parents)
        parents += [parent] * (int(own.max()) + 1)
    return labels, np.array(parents)


BUILDERS: dict[str, Builder] = {
    DEFAULT: ours(by_size=False),
    "ward, groups by size": ours(by_size=True),
    "scipy ward": linked("ward"),
    "scipy average": linked("average"),
    "scipy complete": linked("complete"),
    "leiden on the groups' graph": leiden_of_groups,
    "leiden on centroids": leiden_of_centroids,
}


def centroids(vectors: NDArray[np.float32], labels: NDArray[Any]) -> NDArray[np.float32]:
    """The unit mean (k, d) of each group."""
    from clioscope.vectors.centroids import centroids_of

    return centroids_of(vectors, labels, int(labels.max()) + 1)
