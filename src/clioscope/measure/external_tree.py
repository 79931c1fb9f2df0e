"""The tree against labels: are classes kept together by the groups of groups?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clioscope.measure.external import contingency
from clioscope.measure.metric import metric


@metric(
    "labels",
    low=0,
    high=1,
    better="higher",
    meaning="For two conversations with the same label: how pure the smallest part of the tree with both is.",
    source="Heller and Ghahramani 2005",
)
def dendrogram_purity(levels: Sequence[NDArray[Any]] | NDArray[Any], truth: NDArray[Any]) -> float:
    """Mean over all pairs of rows of one class of the share of that class under their lowest common node.

    ``levels`` (L, n): the group of every row at each level, base first, each level made of whole groups of
    the one below; above them a root holds all. Rows of one base group meet in that group. Exact, by counting,
    not by sampling pairs. Undefined (NaN) where no class has two rows. Insensitive to heights.
    """
    root = np.zeros(len(truth), dtype=np.int64)
    below: NDArray[np.float64] | None = None
    total, pairs = 0.0, 0.0
    under: NDArray[np.integer[Any]] | None = None
    for labels in [*levels, root]:
        table = contingency(labels, truth).astype(np.float64)  # classes x nodes
        meet = table * (table - 1) / 2
        codes = np.unique(labels, return_inverse=True)[1].reshape(-1)
        if below is not None and under is not None:  # pairs that have met further down
            parent = np.zeros(below.shape[1], dtype=np.int64)
            parent[under] = codes
            for child in range(below.shape[1]):
                meet[:, parent[child]] -= below[:, child]
        total += float((meet * table / table.sum(axis=0)).sum())
        pairs += float(meet.sum())
        below, under = table * (table - 1) / 2, codes
    return total / pairs if pairs else float("nan")


@metric(
    "labels",
    low=0,
    high=1,
    better="higher",
    meaning="How well the best single part of the tree matches each label.",
    source="Larsen and Aone 1999 (F-measure of a hierarchy)",
)
def best_node_f(levels: Sequence[NDArray[Any]] | NDArray[Any], truth: NDArray[Any]) -> float:
    """Mean over classes, weighted by size, of the best F1 that any node of the tree (the root too) has for it."""
    best: NDArray[np.float64] | None = None
    sizes = np.unique(truth, return_counts=True)[1]
    for labels in [*levels, np.zeros(len(truth), dtype=np.int64)]:
        table = contingency(labels, truth).astype(np.float64)
        f = (2 * table / (table.sum(axis=0) + table.sum(axis=1, keepdims=True))).max(axis=1)
        best = f if best is None else np.maximum(best, f)
    assert best is not None
    return float(np.average(best, weights=sizes))
