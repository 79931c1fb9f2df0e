"""The figures of a grouping that most experiments report."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from clioscope.measure import against_labels, evaluate

LABELS = ("ami", "ari", "v_measure", "matching_accuracy", "purity", "bcubed_f")
FREE = ("silhouette", "knn_purity", "misplaced")


def grouping(
    labels: NDArray[Any], truth: NDArray[Any], vectors: NDArray[Any] | None = None, seed: int = 0
) -> dict[str, float]:
    """Agreement of ``labels`` (n,) with ``truth`` (n,), number of groups, and, with ``vectors`` (n, d), geometry and
    local coherence in that space."""
    against = against_labels(labels, truth)
    found = {name: against[name] for name in LABELS} | {"groups": float(len(np.unique(labels)))}
    if vectors is not None:
        free = evaluate({"vectors": vectors, "labels": np.asarray(labels), "seed": seed}, FREE)
        found |= {name: figure.value for name, figure in free.items()}
    return found
