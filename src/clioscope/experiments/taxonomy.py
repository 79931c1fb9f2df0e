"""From facets to a taxonomy, as a build makes it: groups, names, a level above them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.experiments.model_facets import Asked, encoded

if TYPE_CHECKING:
    from clioscope.experiments.bench import Bench
    from clioscope.models.asker import Asker


class Level(NamedTuple):
    """``labels`` (n,) into ``names`` (k), and the plain vectors (k, d) of the names."""

    labels: NDArray[np.integer]
    names: list[str]
    vectors: NDArray[np.float32]

    def agreement(self, other: Level) -> float:
        """ARI of the groups of two runs."""
        from clioscope.measure.external import ari

        return ari(self.labels, other.labels)

    def alike(self, other: Level) -> float:
        """Mean cosine, over conversations, of the names that two runs gave to their groups."""
        return float((self.vectors[self.labels] * other.vectors[other.labels]).sum(axis=1).mean())

    def reconstruction(self, described: list[str], truth: NDArray[np.integer], bench: Bench) -> float:
        """Share of conversations whose class is the one of ``described`` that the name of their group is nearest to."""
        given = (self.vectors @ bench.encode(described).T).argmax(axis=1)
        return float((given[self.labels] == truth).mean())


def taxonomy(bench: Bench, asked: Asked, ask: Asker) -> tuple[Level, Level]:
    """Base level and top of the conversations by the facets that a model gave, named by ``ask``; as many base groups as
    a build makes, a third as many above. Everything but the model's answers has seed 0."""
    from clioscope.clustering import cluster, default_clusters
    from clioscope.hierarchy.grow import grow_tree
    from clioscope.hierarchy.tree import memberships
    from clioscope.naming import name_groups
    from clioscope.naming.context import NamingContext
    from clioscope.naming.support import Support
    from clioscope.settings import ClusteringSettings, HierarchySettings, NamingSettings
    from clioscope.vectors.centring import centre

    vectors, mean = centre(encoded(bench, asked))
    texts = asked.texts
    count = default_clusters(len(vectors))
    found = cluster(vectors, ClusteringSettings(clusters=count), 0)
    naming, shown = NamingSettings(), texts["request"]
    support = Support([" ".join(row) for row in zip(*texts.values(), asked.read, strict=True)], naming.support)

    def encode(names: Sequence[str]) -> NDArray[np.float32]:
        return centre(bench.encode(names), mean)[0]

    context = NamingContext(shown, support, vectors, naming, encode, ask)
    base = name_groups(context, found.labels, found.centroids)
    settings = HierarchySettings(top=max(2, count // 3), levels=2)
    levels, named = grow_tree(context, base, found.labels, found.centroids, settings)
    made = [
        Level(labels, names, bench.encode(names))
        for labels, level in zip(memberships(found.labels, levels), named, strict=True)
        for names in [[label.name for label in level]]
    ]
    return made[0], made[-1]
