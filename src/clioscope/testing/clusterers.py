"""What a clustering method promises."""

from __future__ import annotations

import json

import numpy as np

from clioscope.clustering.cluster import finish
from clioscope.clustering.clusterer import Clusterer, Partition
from clioscope.settings import ClusteringSettings
from clioscope.testing.promise import carry_out, promise, same_twice, unit_groups

SIZES = ((2, 2), (3, 2), (8, 3), (120, 4), (120, 119))  # vectors, and the number of groups to aim at


def check_clusterer(clusterer: Clusterer, settings: ClusteringSettings | None = None) -> None:
    """Raise AssertionError where the method breaks a promise of the protocol ``Clusterer``.

    ``settings`` hold the options of the method, where it needs some.
    """
    settings = settings or ClusteringSettings()
    said = f"The clustering method {getattr(clusterer, '__name__', type(clusterer).__name__)}"
    for rows, target in SIZES:
        vectors, _ = unit_groups(rows)
        before = vectors.copy()
        for seed in (0, 2**31 - 1):
            here = f"for {rows} vectors, {target} groups and the seed {seed}"
            carry_out(lambda: clusterer(vectors, target, settings, seed), f"{said} fails {here}")  # noqa: B023
            part = same_twice(
                lambda: clusterer(vectors, target, settings, seed),  # noqa: B023
                f"{said} does not return the same for the same arguments, {here}",
            )
            promise(bool((vectors == before).all()), f"{said} changes the vectors that it is given.")
            _check_partition(part, rows, f"{said}, {here},")
            found = finish(vectors, part)
            promise(
                bool(np.isfinite(found.centroids).all()), f"{said}, {here}, makes groups that have no finite centre."
            )


def _check_partition(part: Partition, rows: int, said: str) -> None:
    promise(
        isinstance(part, Partition), f"{said} returns a {type(part).__name__}, not a Partition of `labels` and `info`."
    )
    labels = part.labels
    promise(
        isinstance(labels, np.ndarray) and labels.dtype.kind in "iu",
        f"{said} returns labels that are not an array of whole numbers.",
    )
    promise(
        labels.shape == (rows,), f"{said} returns labels of the shape {labels.shape}, not {(rows,)}, one per vector."
    )
    lowest = int(labels.min())
    promise(lowest >= -1, f"{said} returns the label {lowest}; groups are 0 or more, and noise is -1.")
    promise(isinstance(part.info, dict), f"{said} returns as `info` a {type(part.info).__name__}, not a dictionary.")
    carry_out(lambda: json.dumps(part.info), f"{said} returns `info` that the manifest cannot hold as JSON")
