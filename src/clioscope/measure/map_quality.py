"""Map quality: are neighbours on the map neighbours among the vectors?"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.measure.figure import UNDEFINED, Figure, mean
from clioscope.measure.metric import metric
from clioscope.measure.plane import Plane
from clioscope.vectors.distinct import Distinct, distinct_rows
from clioscope.vectors.scan import ranked_rows

NEIGHBOURS = 15


class Ranks(NamedTuple):
    """For s sampled rows of n points: ``map_in_space`` (s, k): ranks among the vectors, 1 for the nearest, of
    the k nearest on the map; ``space_in_map`` (s, k): ranks on the map of the k nearest vectors; ``count`` n."""

    map_in_space: NDArray[np.intp]
    space_in_map: NDArray[np.intp]
    points: int


def map_ranks(
    vectors: NDArray[Any],
    places: NDArray[Any],
    k: int = NEIGHBOURS,
    most: int = 1000,
    seed: int = 0,
    distinct: Distinct | None = None,
) -> Ranks:
    """Ranks of neighbours in both spaces, among all points, for up to ``most`` rows drawn at random.

    Cosine among the vectors, Euclidean distance on the map. Twins (equal directions) count as one point, at
    the place of the first: they would be perfect neighbours for nothing. Equal distances share the lower rank.
    The standard error of a mean over 1,000 rows is at most .016. ``distinct``: what ``distinct_rows`` makes of the
    vectors, where it is known already.
    """
    distinct = distinct or distinct_rows(vectors)
    points, flat = distinct.vectors, np.asarray(places, dtype=np.float64)[distinct.first]
    count = len(points)
    k = max(0, min(k, count - 1))
    rows = np.arange(count)
    if count > most:
        rows = np.sort(np.random.default_rng(seed).choice(count, most, replace=False))
    if k == 0:
        nothing = np.zeros((len(rows), 0), dtype=np.intp)
        return Ranks(nothing, nothing, count)
    plane = Plane(flat)
    barred = np.full(count, -1)
    barred[rows] = np.arange(len(rows))
    near, seen = ranked_rows(points[rows], points, k, barred, plane.nearest(rows, k))
    return Ranks(seen, plane.ranks(rows, near), count)


@metric(
    "map",
    low=0,
    high=1,
    better="higher",
    meaning="How few false neighbours the map shows (1: points that are close on the map are always similar).",
    source="Venna and Kaski 2001",
)
def trustworthiness(vectors: NDArray[Any], places: NDArray[Any], ranks: Ranks | None = None) -> Figure:
    """1 - 2 / (n k (2n - 3k - 1)) x the sum over points and their k map neighbours of how far beyond k their
    rank among the vectors is. Over a sample of points; k = 15. Undefined for fewer than 2k points."""
    ranks = ranks or map_ranks(vectors, places)
    return _penalised(ranks.map_in_space, ranks.points)


@metric(
    "map",
    low=0,
    high=1,
    better="higher",
    meaning="Whether similar conversations stay together on the map (1: none is torn away).",
    source="Venna and Kaski 2001",
)
def continuity(vectors: NDArray[Any], places: NDArray[Any], ranks: Ranks | None = None) -> Figure:
    """Trustworthiness with map and vectors exchanged: the penalty is for neighbours that the map tore apart."""
    ranks = ranks or map_ranks(vectors, places)
    return _penalised(ranks.space_in_map, ranks.points)


def _penalised(ranks: NDArray[np.intp], count: int) -> Figure:
    k = ranks.shape[1]
    if k == 0 or count < 2 * k:
        return UNDEFINED
    beyond = np.maximum(ranks - k, 0).sum(axis=1)
    return mean(1 - 2 / (k * (2 * count - 3 * k - 1)) * beyond)


@metric(
    "map",
    low=0,
    high=1,
    better="higher",
    meaning="Share of the 15 most similar conversations that are also among the 15 nearest on the map.",
    source="Lee and Verleysen 2009 (as Q_NX)",
)
def knn_recall(vectors: NDArray[Any], places: NDArray[Any], ranks: Ranks | None = None) -> Figure:
    """Mean share of the k = 15 nearest vectors that are among the k nearest on the map. Chance: k / (n - 1)."""
    ranks = ranks or map_ranks(vectors, places)
    k = ranks.space_in_map.shape[1]
    return mean((ranks.space_in_map <= k).mean(axis=1)) if k else UNDEFINED


@metric(
    "map",
    low=0,
    high=1,
    better="higher",
    meaning="Whether far and near on the map are far and near among the vectors (0.5: chance).",
    source="Wang et al. 2021 (PaCMAP), random triplets",
)
def triplet_accuracy(vectors: NDArray[Any], places: NDArray[Any], triplets: int = 20_000, seed: int = 0) -> Figure:
    """Share of random triplets whose order of distances from the first point is the same in both spaces.

    Chance: 0.5. Undefined for fewer than three points.
    """
    if len(vectors) < 3:
        return UNDEFINED
    generator = np.random.default_rng(seed)
    first, second, third = generator.integers(len(vectors), size=(3, triplets))
    apart = (first != second) & (first != third) & (second != third)
    first, second, third = first[apart], second[apart], third[apart]
    unit = np.asarray(vectors, dtype=np.float32)
    flat = np.asarray(places, dtype=np.float64)
    space = np.einsum("nd,nd->n", unit[first], unit[second]) - np.einsum("nd,nd->n", unit[first], unit[third])
    plane = ((flat[first] - flat[third]) ** 2).sum(axis=1) - ((flat[first] - flat[second]) ** 2).sum(axis=1)
    return mean((space > 0) == (plane > 0))
