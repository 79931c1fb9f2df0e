"""Samples of an atlas that Leiden groups again, several at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.vectors.threads import in_threads

if TYPE_CHECKING:
    from clioscope.clustering.again import Again
    from clioscope.settings import ClusteringSettings

Labels = NDArray[np.integer[Any]]


class Sample(NamedTuple):
    """``rows`` (s,) that are grouped into about ``groups`` groups, once by each of the ``seeds``."""

    rows: NDArray[np.intp]
    groups: int
    seeds: tuple[int, ...]


class Regrouping:
    """A ``Refit`` that knows what its samples have in common: the graph of a sample serves all seeds, and the first
    resolution that is found is where the search of the others begins.

    ``shaped`` makes of the rows of a sample the vectors (s, d) that are grouped.
    """

    def __init__(self, settings: ClusteringSettings, shaped: Callable[[NDArray[Any]], NDArray[Any]]) -> None:
        self._settings, self._shaped = settings, shaped

    def __call__(self, vectors: NDArray[Any], count: int, seed: int) -> Labels:
        return self._again(vectors).grouped(count, seed).labels

    def many(self, vectors: NDArray[Any], samples: Sequence[Sample]) -> list[list[Labels]]:
        """Labels (s,) of each sample by each of its seeds. ``vectors`` (n, d) may lie on the disk."""
        if not samples:
            return []
        ready: dict[int, Again] = {}

        def prepare(place: int) -> None:
            ready[place] = self._again(np.asarray(vectors[samples[place].rows], np.float32))
            ready[place].prepare(samples[place].groups)

        in_threads(prepare, range(len(samples)))
        places = [(place, seed) for place, sample in enumerate(samples) for seed in sample.seeds]
        first = ready[places[0][0]].grouped(samples[places[0][0]].groups, places[0][1])
        found: dict[tuple[int, int], Labels] = {places[0]: first.labels}

        def group(at: tuple[int, int]) -> None:
            found[at] = ready[at[0]].grouped(samples[at[0]].groups, at[1], first.resolution).labels

        in_threads(group, places[1:])
        return [[found[place, seed] for seed in sample.seeds] for place, sample in enumerate(samples)]

    def _again(self, vectors: NDArray[Any]) -> Again:
        from clioscope.clustering.again import Again

        return Again(self._shaped(vectors), self._settings)
