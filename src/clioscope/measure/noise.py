"""Rows without a group, as density methods leave them. They are never dropped silently.

A score of only the rows that a method grouped flatters the method. So there are three figures: the share of grouped
rows, the score with each row without a group as a group of its own, and the score after these rows went to the nearest
group.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from clioscope.vectors.centroids import centroids_of, nearest_centroid
from clioscope.vectors.unit import unit_rows

Labels = NDArray[np.integer[Any]]


def coverage(labels: Labels) -> float:
    """Share of rows that have a group (a label of 0 or more); NaN without rows."""
    return float((labels >= 0).mean()) if len(labels) else float("nan")


def as_singletons(labels: Labels) -> Labels:
    """Labels in which each row without a group is a group of its own."""
    result = np.asarray(labels, dtype=np.int64).copy()
    alone = np.flatnonzero(result < 0)
    result[alone] = result.max(initial=-1) + 1 + np.arange(len(alone))
    return result


def to_nearest(labels: Labels, vectors: NDArray[Any]) -> Labels:
    """Labels in which each row without a group joins the group with the nearest centroid, by cosine.

    If no row has a group, all rows form one group.
    """
    result = np.asarray(labels, dtype=np.int64).copy()
    alone = np.flatnonzero(result < 0)
    if len(alone) == len(result):
        return np.zeros_like(result)
    if len(alone):
        unit = unit_rows(vectors)
        inside = np.flatnonzero(result >= 0)
        groups, members = np.unique(result[inside], return_inverse=True)
        centroids = centroids_of(unit[inside], members, len(groups))
        result[alone] = groups[nearest_centroid(unit[alone], centroids)[0]]
    return result
