"""Samples of some rows, grouped again by Leiden: what they have in common is found once."""

from __future__ import annotations

from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.clustering.cluster import broadcast, cluster, finish
from clioscope.clustering.clusterer import read_options
from clioscope.clustering.leiden import LeidenOptions, neighbour_graph, with_groups
from clioscope.settings import ClusteringSettings
from clioscope.vectors.distinct import distinct_rows

FEW = 50  # groups up to which their number is met to the one, and every search stands alone


class Found(NamedTuple):
    """``labels`` (n,) int32 of a sample, and the ``resolution`` that gave them (None where Leiden was not needed)."""

    labels: NDArray[np.int32]
    resolution: float | None


class Again:
    """A sample of rows that Leiden groups several times: by other seeds, into other numbers of groups.

    Its graph is built once. ``vectors`` (n, d) and ``settings`` are those of ``cluster``.
    """

    def __init__(self, vectors: NDArray[Any], settings: ClusteringSettings) -> None:
        self._vectors, self._settings = vectors, settings
        self._options = read_options(LeidenOptions, settings)
        self._distinct = distinct_rows(vectors)
        self._known = np.any(self._distinct.vectors != 0, axis=1)
        self._points = self._distinct.vectors[self._known]

    @cached_property
    def graph(self) -> Any:
        """The weighted graph of nearest neighbours."""
        return neighbour_graph(self._points, self._settings, self._options, 0)

    def prepare(self, count: int) -> None:
        """Build the graph, if ``count`` groups need one."""
        if self._for_a_method(count):
            _ = self.graph

    def grouped(self, count: int, seed: int, start: float | None = None) -> Found:
        """The sample in about ``count`` groups, as ``cluster`` groups it.

        Above 50 groups their number may be missed by 2 %. ``start``: a resolution that gave about as many groups in a
        sample like this one, where the search then begins.
        """
        if not self._for_a_method(count):
            wanted = {"clusters": count, "size": None, "resolution": None}
            return Found(cluster(self._vectors, self._settings.model_copy(update=wanted), seed).labels, None)
        many = count > FEW
        part = with_groups(self._points, self.graph, count, self._options, seed, many, start if many else None)
        whole = broadcast(finish(self._points, part), self._distinct, self._known)
        return Found(whole.labels, part.info["resolution"])

    def _for_a_method(self, count: int) -> bool:
        """Whether there is more than one way to make ``count`` groups."""
        return 2 <= count < len(self._points)
