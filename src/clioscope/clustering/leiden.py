"""Leiden communities of the graph of nearest neighbours: the default method.

Traag, Waltman, van Eck, "From Louvain to Leiden: guaranteeing well-connected communities", Scientific Reports
9:5233 (2019), maximising modularity with a resolution (Reichardt and Bornholdt 2006), as implemented in
graspologic-native.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from clioscope.clustering.clusterer import Options, Partition, clusterers, read_options
from clioscope.clustering.graph import MUTUAL, bridged, knn_graph
from clioscope.clustering.resolution import search_resolution
from clioscope.settings import ClusteringSettings
from clioscope.vectors.centroids import centroids_of, nearest_centroid
from clioscope.vectors.neighbours import knn_distinct

_LARGE = 20_000  # rows above which one good run has to do
_HUGE = 200_000  # rows above which quick runs find the resolution, and one cycle is as good as five (research log)
_CYCLES = 5  # of fewer rows
_ROUGH = 8  # runs at most to find the resolution of a number that is only tried
_ROUGHLY = 50  # groups of which one more or fewer makes no difference


class LeidenOptions(Options):
    mutual: float = Field(MUTUAL, ge=1, description="Weight of mutual against one-sided neighbours.")
    trials: int | None = Field(None, ge=1, description="Independent runs, the best kept; by size if unset.")
    iterations: int | None = Field(
        None, ge=1, description="Leiden cycles a run, each from the result of the last; by size if unset."
    )
    moves: int = Field(1, ge=0, description="Rounds in which rows move to the nearest centroid.")


@clusterers.register("leiden")
def leiden(vectors: NDArray[np.float32], target: int, settings: ClusteringSettings, seed: int) -> Partition:
    """Leiden with ``settings.resolution``, or with the one that gives ``target`` groups.

    The search uses single runs; the answer comes from the better runs of the options, and its number of
    groups may miss the target by a little (by none, mostly, below a few hundred groups).
    """
    options = read_options(LeidenOptions, settings)
    graph = neighbour_graph(vectors, settings, options, seed)
    resolution = settings.resolution
    if resolution is None or settings.clusters is not None or settings.size is not None:
        return with_groups(vectors, graph, target, options, seed)
    return partition(vectors, graph, resolution, options, seed)


def with_groups(
    vectors: NDArray[np.float32],
    graph: Any,
    target: int,
    options: LeidenOptions,
    seed: int,
    roughly: bool = False,
    start: float | None = None,
) -> Partition:
    """Leiden with about ``target`` groups; ``roughly`` and ``start`` as in ``Runs.find``."""
    runs = Runs(graph, options, seed)
    resolution = runs.find(target, roughly, start)
    return Partition(_moved(vectors, runs.labels(resolution), options.moves), {"resolution": resolution})


def neighbour_graph(
    vectors: NDArray[np.float32], settings: ClusteringSettings, options: LeidenOptions, seed: int
) -> Any:
    """The weighted graph on which Leiden works at every resolution.

    Among few rows fewer neighbours tell more: no more than the square root of their number.
    """
    k = min(settings.neighbours, max(2, round(len(vectors) ** 0.5)))
    return bridged(knn_graph(knn_distinct(vectors, k, seed), options.mutual), vectors)


class Runs:
    """The runs of Leiden on a weighted graph (n, n). What a search has found is not looked for again."""

    def __init__(self, graph: Any, options: LeidenOptions, seed: int) -> None:
        self._graph, self._options, self._seed = graph, options, seed
        self._found: dict[float, NDArray[np.int32]] = {}

    def labels(self, resolution: float) -> NDArray[np.int32]:
        """Labels (n,) of the final runs at a resolution."""
        if resolution not in self._found:
            self._found[resolution] = best_run(self._graph, resolution, self._options, self._seed)
        return self._found[resolution]

    def _quick(self, resolution: float) -> NDArray[np.int32]:
        """Labels (n,) of a single run of one cycle, which are those of the final runs where these are no more."""
        rows = self._graph.shape[0]
        if _trials(self._options, rows) == _cycles(self._options, rows) == 1:
            return self.labels(resolution)
        return _run(self._graph, resolution, 1, 1, self._seed)

    def find(self, target: int, roughly: bool = False, start: float | None = None) -> float:
        """The resolution at which the final runs give about ``target`` groups.

        ``roughly``: a number that is 2 % off will do, which takes a run or two. ``start``: a resolution that gave about
        as many on a sample like this one; the search begins there.
        """
        rows = self._graph.shape[0]
        tolerance = target // (_ROUGHLY if roughly or rows > _HUGE else 200)
        if start is None:
            start = search_resolution(lambda one: int(self._quick(one).max()) + 1, target, 1.0, tolerance)
            if rows > _HUGE:
                return start
        return search_resolution(
            lambda one: int(self.labels(one).max()) + 1,
            target,
            start,
            tolerance,
            most=8 if rows <= _LARGE else 3,
            **({"beyond": 0.0} if roughly else {}),
        )


def find_resolution(graph: Any, target: int, options: LeidenOptions, seed: int) -> float:
    """The resolution at which the final runs of ``partition`` give about ``target`` groups."""
    return Runs(graph, options, seed).find(target)


def rough_partitions(
    vectors: NDArray[np.float32], numbers: Sequence[int], settings: ClusteringSettings, seed: int
) -> Iterator[NDArray[np.integer[Any]]]:
    """Labels (n,) for about each of the ``numbers`` (rising) of groups, by single runs on one graph.

    Good enough to compare numbers of groups: within a twentieth of the number, and several times faster than the
    partition that an atlas keeps.
    """
    options = read_options(LeidenOptions, settings)
    graph = neighbour_graph(vectors, settings, options, seed)
    resolution = 1.0
    for number in numbers:
        resolution = search_resolution(
            lambda one: int(_run(graph, one, 1, 1, seed).max()) + 1, number, resolution, number // 20, _ROUGH
        )
        yield _moved(vectors, _run(graph, resolution, 1, 1, seed), options.moves)


def partition(
    vectors: NDArray[np.float32], graph: Any, resolution: float, options: LeidenOptions, seed: int
) -> Partition:
    """Leiden at one resolution, then ``options.moves`` rounds to the nearest centroid."""
    labels = _moved(vectors, best_run(graph, resolution, options, seed), options.moves)
    return Partition(labels, {"resolution": resolution})


def _moved(vectors: NDArray[np.float32], labels: NDArray[np.integer[Any]], rounds: int) -> NDArray[np.integer[Any]]:
    """Labels after ``rounds`` in which every row moves to the nearest centroid."""
    for _ in range(rounds):
        centroids = centroids_of(vectors, labels, int(labels.max()) + 1)
        labels, _ = nearest_centroid(vectors, centroids)
        labels = np.unique(labels, return_inverse=True)[1].reshape(-1)
    return labels


def sized(settings: ClusteringSettings, rows: int) -> ClusteringSettings:
    """The settings with what Leiden chooses for so many rows written down, so that fewer rows are grouped the same way.

    The same settings for another method.
    """
    if settings.method != "leiden":
        return settings
    options = read_options(LeidenOptions, settings)
    chosen = {"trials": _trials(options, rows), "iterations": _cycles(options, rows)}
    return settings.model_copy(update={"options": {**settings.options, **chosen}})


def _trials(options: LeidenOptions, rows: int) -> int:
    return options.trials or (4 if rows <= _LARGE else 1)


def _cycles(options: LeidenOptions, rows: int) -> int:
    return options.iterations or (_CYCLES if rows <= _HUGE else 1)


def best_run(graph: Any, resolution: float, options: LeidenOptions, seed: int) -> NDArray[np.int32]:
    """Labels (n,) of the best of ``options.trials`` runs of Leiden on a weighted graph (n, n)."""
    rows = graph.shape[0]
    return _run(graph, resolution, _trials(options, rows), _cycles(options, rows), seed)


def _run(graph: Any, resolution: float, trials: int, iterations: int, seed: int) -> NDArray[np.int32]:
    from graspologic_native import leiden_csr

    rows = graph.shape[0]
    _, communities = leiden_csr(
        graph.indptr.astype(np.int64),
        graph.indices.astype(np.int32),
        graph.data,
        rows,
        resolution=resolution,
        iterations=iterations,
        trials=trials,
        seed=seed,
    )
    labels = np.empty(rows, dtype=np.int32)
    labels[np.fromiter(communities.keys(), np.int64, rows)] = np.fromiter(communities.values(), np.int32, rows)
    return labels
