"""Cosines of every row to every group, in one pass. Silhouette, cohesion and margins are made of them."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.vectors.centroids import group_sums
from clioscope.vectors.threads import in_threads
from clioscope.vectors.unit import unit_rows

_CELLS = 1 << 22  # cosines that a thread holds at once: 16 MB


class Cosines(NamedTuple):
    """One value per row, each array of shape (n,) float64; NaN if there is no such group.

    ``own_mean``: mean cosine to the other members of its group; ``other_mean``: the highest mean cosine to
    the members of another group; ``own``: cosine to the centroid of the other members; ``other``: the highest
    cosine to the centroid of another group, and ``nearest`` which group that is.
    """

    own_mean: NDArray[np.float64]
    other_mean: NDArray[np.float64]
    own: NDArray[np.float64]
    other: NDArray[np.float64]
    nearest: NDArray[np.intp]


def group_cosines(vectors: NDArray[Any], labels: NDArray[np.integer[Any]], centred: bool = False) -> Cosines:
    """Cosines of the rows of ``vectors`` (n, d) to the groups of ``labels`` (n,), 0..k-1.

    The mean cosine of a unit vector to the members of a group is its product with the mean of the group, so
    all n times k of them cost one matrix product, and nothing has to be sampled. Rows of negative label
    belong to no group. ``centred``: the mean of all rows is subtracted first, since a direction common to all
    makes every cosine high and tells nothing apart.
    """
    unit = unit_rows(vectors - vectors.mean(axis=0, dtype=np.float64).astype(np.float32) if centred else vectors)
    count = int(labels.max(initial=-1)) + 1
    sums, sizes = group_sums(unit, labels, count)
    lengths = np.sqrt((sums * sums).sum(axis=1))
    with np.errstate(invalid="ignore", divide="ignore"):
        centroids = (sums / lengths[:, None]).astype(np.float32)
    # Times the cosine to a centroid: the mean cosine to its members. Never 0, which times infinity is not a number.
    shares = np.maximum(lengths / np.maximum(sizes, 1), 1e-30).astype(np.float32)
    centroids[~np.isfinite(centroids)] = 0
    rows = len(unit)
    own_mean, other_mean, own, other = (np.full(rows, np.nan) for _ in range(4))
    nearest = np.full(rows, -1, dtype=np.intp)
    empty = np.flatnonzero(sizes == 0)
    block = max(1, _CELLS // max(1, count))

    def compare(start: int) -> None:
        part = slice(start, start + block)
        cosines = unit[part] @ centroids.T
        label = labels[part]
        members = np.flatnonzero(label >= 0)
        cosines[:, empty] = -np.inf
        cosines[members, label[members]] = -np.inf
        nearest[part] = cosines.argmax(axis=1)
        other[part] = cosines[np.arange(len(cosines)), nearest[part]]
        cosines *= shares
        other_mean[part] = cosines.max(axis=1)

    if count:
        in_threads(compare, range(0, rows, block))
    inside = labels >= 0
    mine = labels[inside]
    # x . (S - x) without a second pass over the groups
    with_sum = np.einsum("nd,nd->n", unit[inside], sums[mine], dtype=np.float64)
    itself = np.einsum("nd,nd->n", unit[inside], unit[inside], dtype=np.float64)
    others = sizes[mine] - 1
    with np.errstate(invalid="ignore", divide="ignore"):
        rest = np.sqrt(np.maximum(lengths[mine] ** 2 - 2 * with_sum + itself, 0))
        own_mean[inside] = np.where(others > 0, (with_sum - itself) / others, np.nan)
        own[inside] = np.where((others > 0) & (rest > 1e-9), (with_sum - itself) / rest, np.nan)
    for highest in (other_mean, other):
        highest[~np.isfinite(highest)] = np.nan
    return Cosines(own_mean, other_mean, own, other, nearest)


def silhouettes(cosines: Cosines) -> NDArray[np.float64]:
    """Silhouette of each row with cosine distance (Rousseeuw 1987), shape (n,), in [-1, 1].

    (b - a) / max(a, b), with a the mean distance to the rest of its group and b the smallest mean distance to another
    one. A row that is alone in its group has 0, and so have rows that are equal to all others.
    """
    a, b = 1 - cosines.own_mean, 1 - cosines.other_mean
    with np.errstate(invalid="ignore", divide="ignore"):
        values: NDArray[np.float64] = (b - a) / np.maximum(a, b)
    values[np.isnan(cosines.own_mean) | (np.maximum(a, b) <= 1e-12)] = 0
    return values


def group_means(values: NDArray[np.float64], labels: NDArray[np.integer[Any]]) -> NDArray[np.float64]:
    """Mean of ``values`` (n,) over the members of each group 0..k-1, shape (k,); NaN for a group without members."""
    members = labels >= 0
    sizes = np.bincount(labels[members])
    with np.errstate(invalid="ignore"):
        return np.bincount(labels[members], values[members], len(sizes)) / sizes
