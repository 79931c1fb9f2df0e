import numpy as np
from scipy.sparse.csgraph import connected_components

from clioscope.clustering.graph import FLOOR, bridged, knn_graph
from clioscope.vectors.neighbours import Neighbours, knn


def test_mutual_neighbours_weigh_more() -> None:
    # 0 and 1 name each other; 2 names 0, which does not name it; 3 has no neighbour of positive cosine
    found = Neighbours(
        np.array([[1], [0], [0], [2], [-1]], dtype=np.int32), np.array([[0.8], [0.8], [0.5], [-0.3], [0.0]], np.float32)
    )
    graph = knn_graph(found, mutual=4).toarray()
    np.testing.assert_allclose(graph[0], [0, 3.2, 0.5, 0, 0], atol=1e-6)
    np.testing.assert_allclose(graph[3], [0, 0, FLOOR, 0, 0], atol=1e-6)
    assert (graph == graph.T).all()
    np.testing.assert_allclose(knn_graph(found, mutual=1).toarray()[0, 1], 0.8, atol=1e-6)


def test_pieces_of_a_graph_are_bridged_once() -> None:
    rng = np.random.default_rng(0)
    blobs = np.vstack([centre + 0.01 * rng.normal(size=(20, 8)) for centre in np.eye(8)[:5]]).astype(np.float32)
    blobs /= np.linalg.norm(blobs, axis=1, keepdims=True)
    graph = knn_graph(knn(blobs, 4))
    assert connected_components(graph)[0] >= 5
    joined = bridged(graph, blobs)
    assert connected_components(joined)[0] == 1
    assert joined.nnz == graph.nnz + 2 * (connected_components(graph)[0] - 1)
    assert bridged(joined, blobs) is joined
    assert (joined.toarray() == joined.toarray().T).all()
