"""The weighted graph of nearest neighbours."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from clioscope.vectors.centroids import centroids_of
from clioscope.vectors.neighbours import Neighbours

FLOOR = 1e-3  # least weight of an edge: opposite vectors may still be each other's nearest
MUTUAL = 4.0  # how many times a mutual neighbour outweighs a one-sided one


def knn_graph(neighbours: Neighbours, mutual: float = MUTUAL) -> Any:
    """Symmetric ``scipy.sparse.csr_array`` (n, n): cosine of neighbours, ``mutual`` times that of mutual ones.

    A hub is the neighbour of many rows that are not its neighbours; weighing mutual neighbours higher keeps it
    from gluing groups together, without cutting rows off as a mutual-only graph does. On CLINC150 it is worth
    .01 of AMI with MiniLM and with mpnet over the plain union (docs/research-log.md).
    """
    from scipy.sparse import csr_array

    rows, k = neighbours.indices.shape
    present = neighbours.indices.ravel() >= 0
    sources = np.repeat(np.arange(rows, dtype=np.int32), k)[present]
    targets = neighbours.indices.ravel()[present]
    weights = np.maximum(neighbours.similarities.ravel()[present].astype(np.float64), FLOOR)
    directed = csr_array((weights, (sources, targets)), shape=(rows, rows))
    backwards = directed.T.tocsr()
    # one-sided edges stand in one of the two only: w; mutual ones in both: w + w + (mutual - 2) w
    graph = directed + backwards + (mutual - 2.0) * directed.minimum(backwards)
    graph.eliminate_zeros()
    graph.sort_indices()
    return graph


def bridged(graph: Any, vectors: NDArray[np.float32]) -> Any:
    """``graph`` with its pieces joined: a graph in p pieces has no partition into fewer than p groups.

    The pieces are joined along the minimum spanning tree of their centroids, each by one edge between the rows
    nearest to the other piece's centroid, which is too little to matter unless so few groups are wanted.
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components, minimum_spanning_tree

    count, piece = connected_components(graph, directed=False)
    if count == 1:
        return graph
    centroids = centroids_of(vectors, piece, count)
    ends = []
    for left, right in zip(*minimum_spanning_tree(2.0 - centroids @ centroids.T).nonzero(), strict=True):
        of_left, of_right = np.flatnonzero(piece == left), np.flatnonzero(piece == right)
        source = of_left[(vectors[of_left] @ centroids[right]).argmax()]
        ends.append((source, of_right[(vectors[of_right] @ centroids[left]).argmax()]))
    sources, targets = np.array(ends).T
    weights = np.maximum(np.einsum("ij,ij->i", vectors[sources], vectors[targets], dtype=np.float64), FLOOR)
    bridges = csr_array((weights, (sources, targets)), shape=graph.shape)
    joined = (graph + bridges + bridges.T).tocsr()
    joined.sort_indices()
    return joined
