"""DBSCAN: groups of one density, and noise.

Ester, Kriegel, Sander, Xu, "A density-based algorithm for discovering clusters", KDD 1996.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from clioscope.clustering.clusterer import Options, Partition, clusterers, read_options
from clioscope.settings import ClusteringSettings
from clioscope.vectors.neighbours import knn_distinct


class DBSCANOptions(Options):
    eps: float | None = Field(None, gt=0, le=2, description="Greatest cosine distance of neighbours.")
    share: float = Field(0.3, gt=0, lt=1, description="Without `eps`: the share of rows that become core rows.")
    min_samples: int = Field(5, ge=1, description="Neighbours, itself among them, that make a core row.")


@clusterers.register("dbscan")
def dbscan(vectors: NDArray[np.float32], target: int, settings: ClusteringSettings, seed: int) -> Partition:
    """DBSCAN by cosine distance; it finds its own number of groups and ignores ``target``.

    Without ``eps`` the distance is chosen so that the given share of rows are core rows.
    """
    from sklearn.cluster import DBSCAN

    options = read_options(DBSCANOptions, settings)
    eps = options.eps
    if eps is None:
        reach = knn_distinct(vectors, max(1, options.min_samples - 1), seed).similarities[:, -1]
        eps = max(1e-6, float(1 - np.quantile(reach, 1 - options.share)))
    # on unit vectors the Euclidean distance is the root of twice the cosine distance
    model = DBSCAN(eps=(2 * eps) ** 0.5, min_samples=options.min_samples)
    return Partition(model.fit_predict(vectors), {"eps": eps})
