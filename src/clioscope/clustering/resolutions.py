"""Leiden at several resolutions of one graph: nobody can infer the right number of groups, so look at several."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clioscope.clustering.cluster import Clustering, broadcast, finish
from clioscope.clustering.clusterer import Partition, read_options
from clioscope.clustering.leiden import LeidenOptions, find_resolution, neighbour_graph, partition
from clioscope.settings import ClusteringSettings
from clioscope.vectors.distinct import distinct_rows


def cluster_at_resolutions(
    vectors: NDArray[Any],
    resolutions: Sequence[float] = (),
    settings: ClusteringSettings | None = None,
    seed: int = 0,
    *,
    clusters: Sequence[int] = (),
) -> list[Clustering]:
    """Leiden at each of the ``resolutions``, then at those found for each number in ``clusters``.

    The graph is built once. Each result is what ``cluster`` gives for that resolution (found in
    ``info["resolution"]``) with as many groups as ``centroids`` has rows.
    """
    settings = settings or ClusteringSettings()
    options = read_options(LeidenOptions, settings)
    distinct = distinct_rows(vectors)
    known = np.any(distinct.vectors != 0, axis=1)
    points = distinct.vectors[known]
    if len(points) < 2:
        alone = finish(points, Partition(np.zeros(len(points), dtype=np.int32), {}))
        return [broadcast(alone, distinct, known) for _ in (*resolutions, *clusters)]
    graph = neighbour_graph(points, settings, options, seed)
    wanted = [*resolutions, *(find_resolution(graph, number, options, seed) for number in clusters)]
    parts = (partition(points, graph, resolution, options, seed) for resolution in wanted)
    return [broadcast(finish(points, part), distinct, known) for part in parts]
