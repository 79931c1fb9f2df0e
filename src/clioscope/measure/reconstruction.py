"""Reconstruction: can the labels be found from the names of the groups alone (Clio, section 3 and figure 4)?

A judge or an encoder sees the name and description of each group and says which of the known classes it is. Every
conversation then gets the class of its group.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.measure.external import purity
from clioscope.measure.figure import Figure, share
from clioscope.measure.metric import metric

_ROWS = ("given", "truth")


@metric(
    "labels",
    low=0,
    high=1,
    better="higher",
    meaning="Share of conversations whose label can be found from the name of their group.",
    source="Clio, arXiv 2412.13678, section 3",
    rows=_ROWS,
)
def reconstruction_accuracy(given: NDArray[Any], truth: NDArray[Any]) -> float:
    """Share of rows whose ``given`` class, that of their group, is their true one. Bounded by purity."""
    return float(np.mean(np.asarray(given) == np.asarray(truth)))


@metric(
    "labels",
    low=0,
    high=1,
    better="higher",
    meaning="How well labels can be found from the names of groups; rare labels count as much as frequent ones.",
    source="Clio, arXiv 2412.13678, table 5",
    rows=_ROWS,
)
def reconstruction_macro_f(given: NDArray[Any], truth: NDArray[Any]) -> float:
    """Mean over true classes of their F1; a class that is never given counts 0."""
    from sklearn.metrics import f1_score

    return float(f1_score(truth, given, average="macro", labels=np.unique(truth), zero_division=0))


@metric(
    "labels",
    low=0,
    high=1,
    better="lower",
    meaning="How far the shares of the labels, as found from the names, are from the true shares.",
    source="total variation; drawn in Clio, arXiv 2412.13678, figure 4",
    rows=_ROWS,
)
def distribution_error(given: NDArray[Any], truth: NDArray[Any]) -> float:
    """Total variation between the class shares of ``given`` and ``truth``: half the sum of their differences."""
    classes = np.unique(np.concatenate([given, truth]))
    one, other = ((np.asarray(rows)[:, None] == classes).mean(axis=0) for rows in (given, truth))
    return float(np.abs(one - other).sum() / 2)


def by_part(given: NDArray[Any], truth: NDArray[Any], parts: Sequence[Any]) -> dict[str, Figure]:
    """Accuracy for each value of ``parts`` (a language, say), the most frequent first; null parts are left out."""
    hit = np.asarray(given) == np.asarray(truth)
    named = np.array(["" if part is None else str(part) for part in parts])
    names, counts = np.unique(named[named != ""], return_counts=True)
    order = np.lexsort((names, -counts))
    return {str(names[i]): share(int(hit[named == names[i]].sum()), int(counts[i])) for i in order}


class Point(NamedTuple):
    """Reconstruction with this number of ``groups``: ``accuracy`` from the names, and the ``ceiling``, purity."""

    groups: int
    accuracy: float
    ceiling: float


def curve(levels: Sequence[NDArray[Any]], given: Sequence[NDArray[Any]], truth: NDArray[Any]) -> list[Point]:
    """Accuracy and its ceiling, purity, against the number of groups: one point per grouping. ``levels`` and ``given``
    hold the group and the given class of every row. Both figures rise to 1 as groups become single rows, so they mean
    something only together with the number of groups."""
    points = [
        Point(len(np.unique(labels)), reconstruction_accuracy(answers, truth), purity(labels, truth))
        for labels, answers in zip(levels, given, strict=True)
    ]
    return sorted(points)


def cuts(centroids: NDArray[Any], most: int = 12) -> list[NDArray[np.intp]]:
    """Coarser groupings of k groups with unit ``centroids`` (k, d): for each of up to ``most`` numbers of groups from 2
    to k, evenly spaced by their logarithm, the group of every group. Average linkage of the centroids.
    """
    from scipy.cluster.hierarchy import fcluster, linkage

    count = len(centroids)
    if count < 3:
        return [np.arange(count)]
    tree = linkage(np.asarray(centroids, dtype=np.float64), "average")
    wanted = np.unique(np.round(np.geomspace(2, count, most)).astype(int))
    return [fcluster(tree, number, "maxclust") - 1 for number in wanted[:-1]] + [np.arange(count)]


def majority(labels: NDArray[Any], truth: NDArray[Any]) -> NDArray[Any]:
    """The class of every row if each group gets its most common class, which reaches the ceiling."""
    classes, codes = np.unique(truth, return_inverse=True)
    groups, own = np.unique(labels, return_inverse=True)
    table = np.zeros((len(groups), len(classes)), dtype=np.int64)
    np.add.at(table, (own.reshape(-1), codes.reshape(-1)), 1)
    found: NDArray[Any] = classes[table.argmax(axis=1)][own.reshape(-1)]
    return found
