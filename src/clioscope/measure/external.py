"""Against labels: how far do the groups agree with a grouping that is taken as true?

Every function takes ``labels`` (n,) and ``truth`` (n,), any integers or strings, and counts all rows. ``noise.py``
decides beforehand what happens to rows without a group.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clioscope.measure.metric import metric

_ROWS = ("labels", "truth")


def contingency(labels: NDArray[Any], truth: NDArray[Any]) -> NDArray[np.int64]:
    """How many rows each class (row of the table) has in each group (column)."""
    from sklearn.metrics.cluster import contingency_matrix

    table: NDArray[np.int64] = contingency_matrix(truth, labels).astype(np.int64)
    return table


@metric(
    "labels",
    low=-1,
    high=1,
    better="higher",
    meaning="Agreement with the labels beyond chance (0: chance, 1: the same groups), for any number of groups.",
    source="Vinh, Epps and Bailey 2010, arithmetic mean",
    rows=_ROWS,
)
def ami(labels: NDArray[Any], truth: NDArray[Any]) -> float:
    """Adjusted mutual information: (I - E[I]) / (mean of the entropies - E[I]).

    The one to read first where the labels are unbalanced (Romano et al. 2016). Both sides one group: 1.
    """
    from sklearn.metrics import adjusted_mutual_info_score

    return float(adjusted_mutual_info_score(truth, labels))


@metric(
    "labels",
    low=-1,
    high=1,
    better="higher",
    meaning="Share of pairs of conversations on which groups and labels agree, beyond chance.",
    source="Hubert and Arabie 1985",
    rows=_ROWS,
)
def ari(labels: NDArray[Any], truth: NDArray[Any]) -> float:
    """Adjusted Rand index. Dominated by large groups; the one to read where labels are balanced."""
    from sklearn.metrics import adjusted_rand_score

    return float(adjusted_rand_score(truth, labels))


@metric(
    "labels",
    low=0,
    high=1,
    better="higher",
    meaning="Whether each group holds only one label (rises with the number of groups).",
    source="Rosenberg and Hirschberg 2007",
    rows=_ROWS,
)
def homogeneity(labels: NDArray[Any], truth: NDArray[Any]) -> float:
    """1 - H(truth | labels) / H(truth); 1 for a single class. Not corrected for chance."""
    from sklearn.metrics import homogeneity_score

    return float(homogeneity_score(truth, labels))


@metric(
    "labels",
    low=0,
    high=1,
    better="higher",
    meaning="Whether each label lies in only one group (falls with the number of groups).",
    source="Rosenberg and Hirschberg 2007",
    rows=_ROWS,
)
def completeness(labels: NDArray[Any], truth: NDArray[Any]) -> float:
    """1 - H(labels | truth) / H(labels); 1 for a single group. Not corrected for chance."""
    from sklearn.metrics import completeness_score

    return float(completeness_score(truth, labels))


@metric(
    "labels",
    low=0,
    high=1,
    better="higher",
    meaning="Balance of homogeneity and completeness; comparable only between equal numbers of groups.",
    source="Rosenberg and Hirschberg 2007; equals NMI with the arithmetic mean",
    rows=_ROWS,
)
def v_measure(labels: NDArray[Any], truth: NDArray[Any]) -> float:
    """Harmonic mean of homogeneity and completeness. Rises with the number of groups even at random."""
    from sklearn.metrics import v_measure_score

    return float(v_measure_score(truth, labels))


@metric(
    "labels",
    low=0,
    high=1,
    better="higher",
    meaning="For a typical conversation: the share of its group that has its label.",
    source="Bagga and Baldwin 1998; Amigó et al. 2009",
    rows=_ROWS,
)
def bcubed_precision(labels: NDArray[Any], truth: NDArray[Any]) -> float:
    """Mean over rows of the share of their group that has their class, themselves counted."""
    table = contingency(labels, truth).astype(np.float64)
    return float((table**2 / table.sum(axis=0)).sum() / table.sum())


@metric(
    "labels",
    low=0,
    high=1,
    better="higher",
    meaning="For a typical conversation: the share of its label that is in its group.",
    source="Bagga and Baldwin 1998; Amigó et al. 2009",
    rows=_ROWS,
)
def bcubed_recall(labels: NDArray[Any], truth: NDArray[Any]) -> float:
    """Mean over rows of the share of their class that is in their group, themselves counted."""
    table = contingency(labels, truth).astype(np.float64)
    return float((table**2 / table.sum(axis=1, keepdims=True)).sum() / table.sum())


@metric(
    "labels",
    low=0,
    high=1,
    better="higher",
    meaning="Balance of B-cubed precision and recall; it meets more formal requirements than the other figures.",
    source="Bagga and Baldwin 1998; Amigó et al. 2009",
    rows=_ROWS,
)
def bcubed_f(labels: NDArray[Any], truth: NDArray[Any]) -> float:
    """Harmonic mean of B-cubed precision and recall. Not corrected for chance."""
    return _harmonic(bcubed_precision(labels, truth), bcubed_recall(labels, truth))


@metric(
    "labels",
    low=0,
    high=1,
    better="higher",
    meaning="Share of conversations with the most common label of their group: the ceiling for any names.",
    source="Manning, Raghavan and Schütze 2008, 16.3",
    rows=_ROWS,
)
def purity(labels: NDArray[Any], truth: NDArray[Any]) -> float:
    """(1/n) sum over groups of the size of its largest class. Goes to 1 as groups get smaller."""
    table = contingency(labels, truth)
    return float(table.max(axis=0).sum() / table.sum())


@metric(
    "labels",
    low=0,
    high=1,
    better="higher",
    meaning="Share of conversations in the main group of their label.",
    source="Zhao and Karypis 2001",
    rows=_ROWS,
)
def inverse_purity(labels: NDArray[Any], truth: NDArray[Any]) -> float:
    """(1/n) sum over classes of their largest share in one group. Is 1 for a single group."""
    table = contingency(labels, truth)
    return float(table.max(axis=1).sum() / table.sum())


@metric(
    "labels",
    low=0,
    high=1,
    better="higher",
    meaning="Balance of purity and inverse purity.",
    source="P1 of TopicGPT (Pham et al. 2024)",
    rows=_ROWS,
)
def purity_f(labels: NDArray[Any], truth: NDArray[Any]) -> float:
    """Harmonic mean of purity and inverse purity."""
    return _harmonic(purity(labels, truth), inverse_purity(labels, truth))


@metric(
    "labels",
    low=0,
    high=1,
    better="higher",
    meaning="Share of conversations that are right if each group gets one label and each label one group.",
    source="Kuhn 1955 (the matching)",
    rows=_ROWS,
)
def matching_accuracy(labels: NDArray[Any], truth: NDArray[Any]) -> float:
    """Accuracy of the best one-to-one matching of groups and classes; what is left over on the larger side
    counts as wrong. Punishes a sensible split of a class."""
    from scipy.optimize import linear_sum_assignment

    table = contingency(labels, truth)
    return float(table[linear_sum_assignment(table, maximize=True)].sum() / table.sum())


@metric(
    "labels",
    low=-1,
    high=1,
    better="higher",
    meaning="Correlation with the labels if each group gets one label (0: no better than one label for all).",
    source="Gorodkin 2004 (R_K), after a matching (Kuhn 1955)",
    rows=_ROWS,
)
def matching_mcc(labels: NDArray[Any], truth: NDArray[Any]) -> float:
    """Matthews correlation of many classes under the one-to-one matching of groups and classes that makes it highest; a
    group that is left over is a class of its own. With c rows right of s, and the sizes p of groups and t of
    classes: (c s - sum p t) / sqrt((s^2 - sum p^2) (s^2 - sum t^2)), the first sum over matched pairs.

    0 where groups or labels are all one, 1 where both are.
    """
    from scipy.optimize import linear_sum_assignment

    table = contingency(labels, truth).astype(np.float64)
    grouped, labelled, rows = table.sum(axis=0), table.sum(axis=1), table.sum()
    if len(grouped) == len(labelled) == 1:
        return 1.0
    gain = rows * table - np.outer(labelled, grouped)  # of a matched pair, in the numerator
    below = (rows**2 - (grouped**2).sum()) * (rows**2 - (labelled**2).sum())
    return float(gain[linear_sum_assignment(gain, maximize=True)].sum() / math.sqrt(below)) if below > 0 else 0.0


@metric(
    "labels",
    low=-1,
    high=1,
    better="higher",
    meaning="Correlation of 'same group' with 'same label' over all pairs of conversations.",
    source="Matthews 1975, on pairs",
    rows=_ROWS,
)
def pair_mcc(labels: NDArray[Any], truth: NDArray[Any]) -> float:
    """(TP TN - FP FN) / sqrt((TP+FP)(TP+FN)(TN+FP)(TN+FN)) over pairs of rows.

    0 where groups or labels put all pairs on one side, 1 where both do so in the same way.
    """
    table = contingency(labels, truth).astype(np.float64)
    rows = table.sum()
    together = (table**2).sum() - rows
    grouped = (table.sum(axis=0) ** 2).sum() - rows
    labelled = (table.sum(axis=1) ** 2).sum() - rows
    pairs = rows * (rows - 1)
    tp, fp, fn = together, grouped - together, labelled - together
    tn = pairs - tp - fp - fn
    if fp == 0 and fn == 0:
        return 1.0
    below = (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)
    return float((tp * tn - fp * fn) / math.sqrt(below)) if below > 0 else 0.0


def _harmonic(one: float, other: float) -> float:
    return 2 * one * other / (one + other) if one + other > 0 else 0.0
