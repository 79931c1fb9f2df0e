"""HDBSCAN: density-based groups of differing density, and noise.

Campello, Moulavi, Sander, "Density-based clustering based on hierarchical density estimates", PAKDD 2013.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from clioscope.clustering.clusterer import Options, Partition, clusterers, read_options
from clioscope.settings import ClusteringSettings


class HDBSCANOptions(Options):
    min_cluster_size: int | None = Field(None, ge=2, description="Least rows of a group; half `size`, or 5.")
    min_samples: int | None = Field(None, ge=1, description="Neighbours that make a core row; as the size if unset.")
    selection: Literal["eom", "leaf"] = Field("leaf", description="Excess of mass, or the leaves of the tree.")


@clusterers.register("hdbscan")
def hdbscan(vectors: NDArray[np.float32], target: int, settings: ClusteringSettings, seed: int) -> Partition:
    """HDBSCAN by Euclidean distance of unit vectors; it finds its own number of groups and ignores ``target``.

    Time grows with the square of the rows. The result hangs strongly on the options.
    """
    from sklearn.cluster import HDBSCAN

    options = read_options(HDBSCANOptions, settings)
    least = options.min_cluster_size or max(2, (settings.size or 10) // 2)
    least = min(least, len(vectors))
    model = HDBSCAN(
        min_cluster_size=least,
        min_samples=min(options.min_samples or least, len(vectors)),
        cluster_selection_method=options.selection,
        copy=True,
    )
    return Partition(model.fit_predict(vectors), {})
