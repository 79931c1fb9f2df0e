import numpy as np

from clioscope.clustering.graph import FLOOR, knn_graph
from clioscope.clustering.neighbours import Neighbours


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
