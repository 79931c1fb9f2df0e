"""k-means on unit vectors: the method of the paper (Clio, appendix G.5)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from clioscope.clustering.clusterer import Options, Partition, clusterers, read_options
from clioscope.settings import ClusteringSettings

_LARGE = 50_000  # rows above which mini-batches have to do


class KMeansOptions(Options):
    starts: int = Field(3, ge=1, description="Independent k-means++ starts, the best kept.")
    batch: int = Field(4096, ge=64, description="Rows a mini-batch, above 50,000 rows.")


@clusterers.register("kmeans")
def kmeans(vectors: NDArray[np.float32], target: int, settings: ClusteringSettings, seed: int) -> Partition:
    """k-means with ``target`` groups (Lloyd; mini-batches above 50,000 rows, Sculley 2010).

    On unit vectors the squared Euclidean distance is 2 - 2 cos, so this is k-means by cosine.
    """
    from sklearn.cluster import KMeans, MiniBatchKMeans
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    options = read_options(KMeansOptions, settings)
    if len(vectors) <= _LARGE:
        model = KMeans(target, n_init=options.starts, random_state=seed)
    else:
        model = MiniBatchKMeans(target, n_init=options.starts, batch_size=options.batch, random_state=seed)
    # with several threads the sums of a cluster come in any order, and so do their last bits
    with threadpool_limits(limits=1, user_api="openmp"):
        labels = model.fit_predict(vectors)
    return Partition(np.unique(labels, return_inverse=True)[1].reshape(-1), {"inertia": float(model.inertia_)})
