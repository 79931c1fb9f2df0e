"""The figures of a clustering, from arrays: what an experiment calls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clioscope.measure.evaluate import evaluate
from clioscope.measure.figure import Figure
from clioscope.measure.metric import BUILT_IN, metrics
from clioscope.measure.noise import as_singletons, coverage, to_nearest
from clioscope.measure.stability import Refit


def against_labels(labels: NDArray[Any], truth: NDArray[Any], vectors: NDArray[Any] | None = None) -> dict[str, float]:
    """All figures of groups ``labels`` (n,) against ``truth`` (n,), any integers or strings.

    Rows without a group (label -1) are never dropped. The figures count each as a group of its own, and ``coverage``
    is the share of rows that have a group. With ``vectors`` (n, d) there is a second set of figures, named
    ``<metric>_assigned``, in which these rows went to the nearest group.

    Raises ValueError if both arrays differ in length.
    """
    labels, truth = np.asarray(labels), np.asarray(truth)
    if len(labels) != len(truth):
        raise ValueError(f"{len(labels)} labels for {len(truth)} true classes")
    noisy = np.issubdtype(labels.dtype, np.integer) and bool((labels < 0).any())
    figures = {"coverage": coverage(labels) if noisy else 1.0}
    whole = as_singletons(labels) if noisy else labels
    figures |= {name: float(metrics.get(name)(whole, truth)) for name in BUILT_IN["external"]}
    if noisy and vectors is not None:
        placed = to_nearest(labels, vectors)
        figures |= {f"{name}_assigned": float(metrics.get(name)(placed, truth)) for name in BUILT_IN["external"]}
    return figures


def tree_against_labels(levels: Sequence[NDArray[Any]], truth: NDArray[Any]) -> dict[str, float]:
    """Dendrogram purity and best-node F of a tree, given the group of every row at each level, base first."""
    return {name: float(metrics.get(name)(levels, truth)) for name in ("dendrogram_purity", "best_node_f")}


def label_free(
    vectors: NDArray[Any],
    labels: NDArray[Any],
    places: NDArray[Any] | None = None,
    refit: Refit | None = None,
    seed: int = 0,
) -> dict[str, Figure]:
    """All figures that need no labels and no model, by name, with intervals.

    ``vectors`` (n, d) are unit rows, ``labels`` (n,) groups 0..k-1 or -1. Figures of the map need ``places`` (n, 2),
    figures of stability need ``refit``, a function of (vectors, number of groups, seed) that returns labels.
    """
    arrays = {"vectors": vectors, "labels": np.asarray(labels), "places": places, "refit": refit, "seed": seed}
    return evaluate(arrays)
