"""Agglomerative clustering with the linkages of scipy."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from clioscope.clustering.clusterer import Options, Partition, clusterers, read_options
from clioscope.errors import SettingsError
from clioscope.settings import ClusteringSettings

MOST = 30_000  # rows; their distances take 3.6 GB, and twice that while they are linked


class AgglomerativeOptions(Options):
    linkage: Literal["ward", "average", "complete", "single", "weighted"] = "ward"


@clusterers.register("agglomerative")
def agglomerative(vectors: NDArray[np.float32], target: int, settings: ClusteringSettings, seed: int) -> Partition:
    """Bottom-up merging until ``target`` groups are left: Ward by default (Ward 1963), else by cosine distance.

    Raises SettingsError above 30,000 distinct rows, since memory grows with their square.
    """
    from scipy.cluster.hierarchy import fcluster, linkage

    options = read_options(AgglomerativeOptions, settings)
    if len(vectors) > MOST:
        raise SettingsError(
            f"clustering.method: agglomerative keeps all distances in memory and takes {MOST:,} distinct rows at "
            f"most, not {len(vectors):,}; use leiden or kmeans, or a sample."
        )
    metric = "euclidean" if options.linkage == "ward" else "cosine"
    tree = linkage(vectors, method=options.linkage, metric=metric)
    return Partition(fcluster(tree, target, criterion="maxclust") - 1, {})
