"""Local coherence: are the neighbours of a conversation in its group? Averaged over groups, so each counts the same."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from clioscope.measure.figure import UNDEFINED, Figure, macro, macro_quantile
from clioscope.measure.metric import metric
from clioscope.measure.sampled_neighbours import Near, sampled_neighbours
from clioscope.vectors.cosines import Cosines, group_cosines

K = 15
_OURS = "Clioscope, docs/measuring.md"


@metric(
    "coherence",
    low=0,
    high=1,
    better="higher",
    meaning="Share of a conversation's nearest neighbours that are in its group (see the chance level).",
    source=_OURS,
)
def knn_purity(vectors: NDArray[Any], labels: NDArray[np.integer[Any]], near: Near | None = None, k: int = K) -> Figure:
    """Mean over groups of the mean share of a row's k' nearest rows that carry its label, with
    k' = min(k, size of its group - 1), so that small groups can reach 1.

    Twins are no neighbours, so sizes count distinct rows. Rows alone in their group count 0. ``groups``: each
    group's purity.
    """
    near = near or sampled_neighbours(vectors, labels)
    count = int(labels.max(initial=-1)) + 1
    own = labels[near.rows]
    same = labels[near.indices[:, :k]] == own[:, None]
    wide = np.minimum(same.shape[1], _sizes(labels[near.distinct], count)[own] - 1)
    counted = np.arange(same.shape[1]) < wide[:, None]
    values = np.where(wide > 0, (same & counted).sum(axis=1) / np.maximum(wide, 1), 0.0)
    return macro(values, own, count, near.weights)


@metric(
    "coherence",
    low=0,
    high=1,
    better="neither",
    meaning="What the neighbour share would be if conversations were put into groups at random.",
    source=_OURS,
)
def knn_purity_chance(labels: NDArray[np.integer[Any]], near: Near | None = None) -> Figure:
    """Mean over groups of (size - 1) / (n - 1): what ``knn_purity`` comes to under random labels.

    Sizes and n count distinct rows where ``near`` tells which they are, else all rows.
    """
    labels = labels if near is None else labels[near.distinct]
    sizes = _sizes(labels)
    sizes = sizes[sizes > 0]
    if len(labels) < 2 or not len(sizes):
        return UNDEFINED
    return Figure(float(((sizes - 1) / (len(labels) - 1)).mean()), None, None, len(labels))


def _sizes(labels: NDArray[np.integer[Any]], count: int = 0) -> NDArray[np.intp]:
    """How many rows each group has; rows of negative label belong to none."""
    return np.bincount(labels[labels >= 0], minlength=count)


@metric(
    "coherence",
    low=0,
    high=1,
    better="lower",
    meaning="How many groups mix around a conversation (0: all its neighbours are in one group).",
    source=_OURS,
)
def neighbourhood_entropy(
    vectors: NDArray[Any], labels: NDArray[np.integer[Any]], near: Near | None = None, k: int = K
) -> Figure:
    """Entropy of the labels of a row's k nearest rows divided by log k, averaged within and then over groups."""
    near = near or sampled_neighbours(vectors, labels)
    seen = np.sort(labels[near.indices[:, :k]], axis=1)
    wide = seen.shape[1]
    if wide < 2:
        return UNDEFINED
    # entropy = log k - mean over neighbours of log(how many of them share the label)
    count_of = (seen[:, :, None] == seen[:, None, :]).sum(axis=2)
    values = (np.log(wide) - np.log(count_of).mean(axis=1)) / np.log(wide)
    return macro(np.abs(values), labels[near.rows], int(labels.max(initial=-1)) + 1, near.weights)


@metric(
    "coherence",
    low=0,
    high=np.inf,
    better="neither",
    meaning="In how many directions conversations spread around a point; high values mean mixed areas.",
    source="Levina and Bickel 2004; the mean of inverses by MacKay and Ghahramani 2005",
)
def local_dimension(vectors: NDArray[Any], labels: NDArray[np.integer[Any]], near: Near | None = None) -> Figure:
    """Maximum-likelihood local intrinsic dimension over the 30 nearest rows: the inverse of the mean over rows
    of the group of -mean over i < k of log(r_i / r_k), averaged over groups, with r the Euclidean distance of
    unit vectors.

    Inverses are averaged, since single rows' dimensions scatter upwards. The interval is that of the mean
    inverse, turned round. Undefined for fewer than three neighbours.
    """
    near = near or sampled_neighbours(vectors, labels)
    if near.indices.shape[1] < 3:
        return UNDEFINED
    radius = np.sqrt(np.maximum(2 - 2 * near.similarities.astype(np.float64), 1e-12))
    # of each row k - 1 logarithms, each of mean -1/d: so the mean of the inverses is unbiased. (The k - 2 of Levina
    # and Bickel makes single rows' dimensions unbiased, which is another average.)
    inverse = -np.log(radius[:, :-1] / radius[:, -1:]).mean(axis=1)
    averaged = macro(inverse, labels[near.rows], int(labels.max(initial=-1)) + 1, near.weights)
    if not averaged.value > 0 or averaged.groups is None:
        return UNDEFINED
    low = None if averaged.high is None else 1 / averaged.high
    high = None if averaged.low is None or averaged.low <= 0 else 1 / averaged.low
    with np.errstate(divide="ignore"):
        return Figure(1 / averaged.value, low, high, averaged.n, 1 / averaged.groups)


def _percentile(values: NDArray[np.float64], labels: NDArray[np.integer[Any]], share: float) -> Figure:
    """Mean over groups of a percentile of ``values`` within each."""
    return macro_quantile(values, labels, int(labels.max(initial=-1)) + 1, share)


@metric(
    "coherence",
    low=-1,
    high=1,
    better="higher",
    meaning="How similar the least typical tenth of a group is to the rest of it (0: no more than chance).",
    source=_OURS,
)
def cohesion_p10(
    vectors: NDArray[Any], labels: NDArray[np.integer[Any]], centred_cosines: Cosines | None = None
) -> Figure:
    """Centred cohesion at the 10th percentile: mean over groups of that percentile of the members' cosine to
    the centroid of the other members, after subtracting the mean of all rows."""
    centred_cosines = centred_cosines or group_cosines(vectors, labels, True)
    return _percentile(centred_cosines.own, labels, 0.1)


@metric(
    "coherence",
    low=-1,
    high=1,
    better="higher",
    meaning="How similar a typical conversation is to the rest of its group (0: no more than chance).",
    source=_OURS,
)
def cohesion_p50(
    vectors: NDArray[Any], labels: NDArray[np.integer[Any]], centred_cosines: Cosines | None = None
) -> Figure:
    """Centred cohesion at the median; see ``cohesion_p10``."""
    centred_cosines = centred_cosines or group_cosines(vectors, labels, True)
    return _percentile(centred_cosines.own, labels, 0.5)


@metric(
    "coherence",
    low=-1,
    high=1,
    better="higher",
    meaning="How similar the most typical tenth of a group is to the rest of it.",
    source=_OURS,
)
def cohesion_p90(
    vectors: NDArray[Any], labels: NDArray[np.integer[Any]], centred_cosines: Cosines | None = None
) -> Figure:
    """Centred cohesion at the 90th percentile; see ``cohesion_p10``."""
    centred_cosines = centred_cosines or group_cosines(vectors, labels, True)
    return _percentile(centred_cosines.own, labels, 0.9)


@metric(
    "coherence",
    low=-2,
    high=2,
    better="higher",
    meaning="How much nearer conversations are to the centre of their group than to the next centre.",
    source=_OURS,
)
def group_margin(
    vectors: NDArray[Any], labels: NDArray[np.integer[Any]], centred_cosines: Cosines | None = None
) -> Figure:
    """Cosine to the centroid of the other members less the best cosine to the centroid of another group, after
    subtracting the mean of all rows; averaged within and then over groups. Rows alone in their group have
    none. Undefined for fewer than two groups."""
    centred_cosines = centred_cosines or group_cosines(vectors, labels, True)
    return macro(centred_cosines.own - centred_cosines.other, labels, int(labels.max(initial=-1)) + 1)


@metric(
    "coherence",
    low=0,
    high=1,
    better="lower",
    meaning="Share of conversations that lie nearer to the centre of another group.",
    source=_OURS,
)
def misplaced(
    vectors: NDArray[Any], labels: NDArray[np.integer[Any]], centred_cosines: Cosines | None = None
) -> Figure:
    """Share of rows with a negative margin (see ``group_margin``), averaged within and then over groups."""
    centred_cosines = centred_cosines or group_cosines(vectors, labels, True)
    values = centred_cosines.own - centred_cosines.other
    values = np.where(np.isfinite(values), values < 0, np.nan)
    return macro(values, labels, int(labels.max(initial=-1)) + 1)
