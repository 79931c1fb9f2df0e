"""The number of base groups when none is set: more than usual only where that makes groups clearly better.

Silhouette (Rousseeuw 1987) follows labels best among the label-free figures when the number of groups is the question
(docs/research-log.md). On loose data, conversations for instance, it hardly changes with the number, and groups stay as
large as usual. On data with many clear topics it rises clearly, and there are as many groups as the bounds allow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.clustering.clusterer import clusterers
from clioscope.clustering.target import numbers_to_try, target_clusters
from clioscope.settings import ClusteringSettings
from clioscope.vectors.cosines import group_cosines, group_means, silhouettes

HEED_NUMBER = ("agglomerative", "kmeans", "leiden")  # of the built-in methods, those that make as many as they are told
CLEARLY = 0.01  # less silhouette than this is not worth more groups
ROWS = 10_000  # rows at most on which numbers are tried


class Tried(NamedTuple):
    """A number of groups that was tried: how many ``groups`` came of it, and their ``silhouette`` (-1 to 1)."""

    groups: int
    silhouette: float


class Choice(NamedTuple):
    """``target``: the number to aim at; ``tried``: all that were tried, rising; empty where there was no choice."""

    target: int
    tried: list[Tried]


def choose_number(
    points: NDArray[np.float32],
    judged: Callable[[int], NDArray[np.float32]],
    settings: ClusteringSettings,
    seed: int,
) -> Choice:
    """The number of groups to aim at for distinct unit vectors (m, d), in an order that does not depend on the input's.

    Each of a few numbers (``numbers_to_try``) is tried once, on at most 10,000 rows: the first ones, since the order is
    that of a hash. Silhouette is measured on what ``judged`` gives for the first so many of them, unit rows as they
    were before smoothing, since smoothing makes every small group look clear. Methods that find a number of their own,
    and plug-ins, get the usual number.
    """
    numbers = [number for number in numbers_to_try(len(points), settings.most) if 2 <= number < min(len(points), ROWS)]
    if settings.method not in HEED_NUMBER or len(numbers) < 2:
        return Choice(target_clusters(len(points), settings), [])
    before = judged(ROWS)
    tried = [
        Tried(len(np.unique(labels)), _silhouette(before, labels))
        for labels in _partitions(points[:ROWS], numbers, settings, seed)
    ]
    return Choice(numbers[fewest_clear([one.silhouette for one in tried])], tried)


def fewest_clear(values: Sequence[float]) -> int:
    """The place of the first of the silhouettes than which none is clearly higher."""
    highest = max(values)
    return next(place for place, value in enumerate(values) if value >= highest - CLEARLY)


def _partitions(
    points: NDArray[np.float32], numbers: Sequence[int], settings: ClusteringSettings, seed: int
) -> Iterator[NDArray[np.integer]]:
    """Labels (m,) for each of the numbers. Leiden makes them all from one graph, with single, quick runs."""
    if settings.method == "leiden":
        from clioscope.clustering.leiden import rough_partitions

        yield from rough_partitions(points, numbers, settings, seed)
        return
    method = clusterers.get(settings.method)
    for number in numbers:
        yield method(points, number, settings, seed).labels


def _silhouette(vectors: NDArray[np.float32], labels: NDArray[np.integer]) -> float:
    """Mean over the groups of the mean silhouette of their members, so that small groups count like large ones."""
    labels = np.unique(labels, return_inverse=True)[1].reshape(-1)
    return float(group_means(silhouettes(group_cosines(vectors, labels)), labels).mean())
