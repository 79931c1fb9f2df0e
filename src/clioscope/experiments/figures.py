"""The figures of groups that most experiments report."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from clioscope.experiments.draws import drawn, spread
from clioscope.experiments.experiment import Outcome
from clioscope.measure import against_labels

if TYPE_CHECKING:
    from clioscope.models.account import Cost

AGREEMENT = ("ami", "ari", "v_measure", "matching_accuracy", "purity", "bcubed_f")


def grouping(labels: NDArray[Any], truth: NDArray[Any]) -> dict[str, float]:
    """The agreement of ``labels`` (n,) with ``truth`` (n,), and the number of groups."""
    against = against_labels(labels, truth)
    return {name: against[name] for name in AGREEMENT} | {"groups": float(len(np.unique(labels)))}


def cost_figures(cost: Cost) -> dict[str, float]:
    """``questions`` and ``tokens``: those of a language model, answers of earlier runs included."""
    return {
        "questions": float(cost.calls + cost.cached),
        "tokens": float(cost.prompt_tokens + cost.completion_tokens),
    }


def knn_same(vectors: NDArray[np.float32], truth: NDArray[Any], k: int = 10) -> float:
    """The share of the ``k`` nearest rows that have the same class, 0 … 1; NaN where no row has a neighbour."""
    from clioscope.vectors.neighbours import knn

    near = knn(vectors, k).indices
    present = near >= 0
    return float((truth[near] == truth[:, None])[present].mean()) if present.any() else math.nan


def grouped_draw(vectors: NDArray[np.float32], truth: NDArray[Any], groups: int, seed: int) -> Outcome:
    """Leiden on the 80 % of the rows that ``seed`` draws: its agreement with ``truth`` (n,), and ``knn_same``."""
    from clioscope.clustering import cluster
    from clioscope.settings import ClusteringSettings

    rows = drawn(len(vectors), seed)
    labels = cluster(vectors[rows], ClusteringSettings(clusters=groups), seed).labels
    figures = grouping(labels, truth[rows]) | {"knn_same": knn_same(vectors[rows], truth[rows])}
    return Outcome(figures, spread(labels, rows, len(vectors)))
