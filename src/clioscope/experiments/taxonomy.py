"""A taxonomy from facets, made as a build makes it: groups, their names, and a level above them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.experiments.model_facets import ModelFacets, facet_vectors

if TYPE_CHECKING:
    from clioscope.experiments.bench import Bench
    from clioscope.models.asker import Asker


class Level(NamedTuple):
    """One level: ``labels`` (n,) into ``names`` (k), and the plain ``vectors`` (k, d) of the names."""

    labels: NDArray[np.integer]
    names: list[str]
    vectors: NDArray[np.float32]

    def agreement(self, other: Level) -> float:
        """The ARI of the groups of two runs."""
        from clioscope.measure.external import ari

        return ari(self.labels, other.labels)

    def names_alike(self, other: Level) -> float:
        """The mean cosine, over conversations, of the names that two runs gave to their groups."""
        return float((self.vectors[self.labels] * other.vectors[other.labels]).sum(axis=1).mean())

    def reconstruction(self, described: list[str], truth: NDArray[np.integer], bench: Bench) -> float:
        """The share of conversations whose class is the one of ``described`` that is nearest to their group's name."""
        given = (self.vectors @ bench.encode(described).T).argmax(axis=1)
        return float((given[self.labels] == truth).mean())


def taxonomy(bench: Bench, asked: ModelFacets, ask: Asker) -> tuple[Level, Level]:
    """The base level and the top level of conversations, grouped by the facets that a model gave and named by ``ask``.
    There are as many base groups as in a build, and a third as many above them. All but the model's answers has seed
    0."""
    from clioscope.clustering import cluster, default_clusters
    from clioscope.hierarchy.grow import grow_tree
    from clioscope.hierarchy.tree import memberships
    from clioscope.naming import name_groups
    from clioscope.naming.context import NamingContext
    from clioscope.naming.support import Support
    from clioscope.settings import ClusteringSettings, HierarchySettings, NamingSettings
    from clioscope.vectors.centring import centre

    vectors, mean = centre(facet_vectors(bench, asked))
    texts = asked.texts
    count = default_clusters(len(vectors))
    clustering = cluster(vectors, ClusteringSettings(clusters=count), 0)
    naming, shown = NamingSettings(ready_names="never"), texts["request"]
    support = Support([" ".join(row) for row in zip(*texts.values(), asked.read, strict=True)], naming.support)

    def encode(names: Sequence[str]) -> NDArray[np.float32]:
        return centre(bench.encode(names), mean)[0]

    context = NamingContext(shown, support, vectors, naming, encode, ask)
    base = name_groups(context, clustering.labels, clustering.centroids)
    settings = HierarchySettings(top=max(2, count // 3), levels=2)
    levels, named = grow_tree(context, base, clustering.labels, clustering.centroids, settings)
    made = [
        Level(labels, names, bench.encode(names))
        for labels, level in zip(memberships(clustering.labels, levels), named, strict=True)
        for names in [[label.name for label in level]]
    ]
    return made[0], made[-1]
