"""Hierarchy: linkages of scipy, Leiden upon Leiden, and the language model's own loop."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.experiments.bench import Bench
from clioscope.experiments.data import Labelled, drawn, spread
from clioscope.experiments.experiment import Outcome, Variant, experiment
from clioscope.experiments.figures import grouping
from clioscope.experiments.results import Results


class Sample(NamedTuple):
    """The utterances that one seed sees: their ``rows`` among all, and the base groups ``found`` among them."""

    rows: NDArray[np.intp]
    data: Labelled
    vectors: NDArray[np.float32]
    found: NDArray[np.int32]


FOUND, TRUE = "above found base groups", "above the true intents"
# (vectors, base labels, wanted groups at the top, seed) -> base labels, parent of each base group
Builder = Callable[[NDArray[np.float32], NDArray[Any], int, int], tuple[NDArray[Any], NDArray[Any]]]
DEFAULT = "ward, groups alike"


def _conclude(found: Results) -> str:
    lines = []
    for part in found.parts():
        best = found.best("top_ami", part)
        pure = found.best("dendrogram_purity", part)
        lines.append(
            f"{part.capitalize()}: the top level is nearest to the true domains with {best} "
            f"(AMI {found.mean(best, 'top_ami', part):.3f}), the tree purest for the intents with {pure} "
            f"(dendrogram purity {found.mean(pure, 'dendrogram_purity', part):.3f})."
        )
        others = [best, *(one for one in found.variants(part) if one.startswith("language model") and one != best)]
        lines += [found.versus(one, DEFAULT, "top_ami", part, "top-level AMI") for one in others if one != DEFAULT]
    loops = [one for one in found.variants() if one.startswith("language model")]
    if not loops:
        lines.append("The language model's loop was not run (no --model).")
    return " ".join(filter(None, lines))


@experiment(
    question="How should groups be made into groups of groups: linkage of centroids, Leiden again, or the language "
    "model's propose, deduplicate and assign?",
    needs="CLINC150, an encoder; the language model's loop needs --model",
    costs="4 minutes on two cores, and with --model about 350 questions, asked under one seed",
    conclude=_conclude,
    show=(
        "top_ami",
        "top_ari",
        "dendrogram_purity",
        "best_node_f",
        "base_ami",
        "top_groups",
        "seed_ari",
        "questions",
        "seconds",
    ),
)
def hierarchy(bench: Bench) -> Iterator[Variant]:
    """CLINC150: 150 intents in ten domains that people made. The same base groups for all builders, those that Leiden
    finds and the true ones; as many groups at the top as there are domains. Every seed draws its own 80 % of the
    utterances, since most builders do not vary otherwise. ``seconds`` are the builder's alone."""
    from clioscope.clustering import cluster
    from clioscope.embedding.geometry import centre
    from clioscope.settings import ClusteringSettings

    data = bench.utterances()
    whole = centre(bench.encode(data.texts))[0]
    top = len(np.unique(data.coarse))
    settings = ClusteringSettings(clusters=len(data.classes))

    @cache
    def sample(seed: int) -> Sample:
        rows = drawn(len(whole), seed)
        own, vectors = data.take(rows), whole[rows]
        return Sample(rows, own, vectors, cluster(vectors, settings, seed).labels)

    def measured(builder: Builder, part: str, seed: int) -> Outcome:
        rows, own, vectors, found = sample(seed)
        began = time.perf_counter()
        labels, parents = builder(vectors, found if part == FOUND else own.truth, top, seed)
        seconds = time.perf_counter() - began
        figures = tree_figures(labels, parents[labels], own.truth, own.coarse)
        return Outcome(figures | {"seconds": seconds}, spread(parents[labels], rows, len(whole)))

    for part in (FOUND, TRUE):
        for name, builder in BUILDERS.items():
            yield Variant(name, lambda seed, b=builder, p=part: measured(b, p, seed), part)  # type: ignore[misc]
        if part == FOUND:
            yield Variant("leiden, top-down", lambda seed: measured(top_down, FOUND, seed), part)
            yield Variant("leiden, straight, not nested", lambda seed: _straight(sample(seed), top, seed), part)
        for model in bench.models:
            yield Variant(
                f"language model's loop ({model})",
                lambda seed, m=model, p=part: _loop(bench, m, sample(seed), p, top, seed),  # type: ignore[misc]
                part,
                seeds=1,
            )


def tree_figures(
    base: NDArray[Any], above: NDArray[Any], truth: NDArray[Any], coarse: NDArray[Any]
) -> dict[str, float]:
    """The figures of two levels: the upper one against the domains, the whole against the intents."""
    from clioscope.measure import tree_against_labels

    upper, lower = grouping(above, coarse), grouping(base, truth)
    return {
        "top_ami": upper["ami"],
        "top_ari": upper["ari"],
        "top_groups": upper["groups"],
        "base_ami": lower["ami"],
        **tree_against_labels([base, above], truth),
    }


# -- builders -------------------------------------------------------------------------------------------------


def linked(method: str) -> Builder:
    """A linkage of scipy on the unit centroids, cut into the wanted number."""

    def build(
        vectors: NDArray[np.float32], base: NDArray[Any], top: int, seed: int
    ) -> tuple[NDArray[Any], NDArray[Any]]:
        from scipy.cluster.hierarchy import fcluster, linkage

        centroids = _centroids(vectors, base)
        tree = linkage(centroids, method=method, metric="euclidean" if method == "ward" else "cosine")
        return base, fcluster(tree, top, criterion="maxclust") - 1

    return build


def ours(by_size: bool) -> Builder:
    """Ward as a build does it: chains avoided, base groups alike or weighted by their size."""

    def build(
        vectors: NDArray[np.float32], base: NDArray[Any], top: int, seed: int
    ) -> tuple[NDArray[Any], NDArray[Any]]:
        from clioscope.hierarchy.linkage import linkage_levels

        centroids = _centroids(vectors, base)
        sizes = np.bincount(base) if by_size else np.ones(len(centroids), dtype=np.int64)
        return base, linkage_levels(centroids, sizes, [len(centroids), top])[0]

    return build


def leiden_of_groups(
    vectors: NDArray[np.float32], base: NDArray[Any], top: int, seed: int
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Bottom-up: Leiden on the graph whose nodes are the base groups, edges the sums of those between their rows."""
    from scipy.sparse import csr_array

    from clioscope.clustering.leiden import LeidenOptions, best_run, find_resolution, neighbour_graph
    from clioscope.settings import ClusteringSettings

    options = LeidenOptions()
    graph = neighbour_graph(vectors, ClusteringSettings(), options, seed)
    count = int(base.max()) + 1
    member = csr_array((np.ones(len(base)), (base, np.arange(len(base)))), shape=(count, len(base)))
    between = (member @ graph @ member.T).tocsr()
    between.sort_indices()
    resolution = find_resolution(between, top, options, seed)
    return base, best_run(between, resolution, options, seed)


def leiden_of_centroids(
    vectors: NDArray[np.float32], base: NDArray[Any], top: int, seed: int
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Bottom-up: the clustering of a build, on the centroids of the base groups."""
    from clioscope.clustering import cluster
    from clioscope.settings import ClusteringSettings

    return base, cluster(_centroids(vectors, base), ClusteringSettings(clusters=top), seed).labels


def top_down(
    vectors: NDArray[np.float32], base: NDArray[Any], top: int, seed: int
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Leiden into the top groups, then each of them into its share of as many base groups as there were."""
    from clioscope.clustering import cluster
    from clioscope.settings import ClusteringSettings

    above = cluster(vectors, ClusteringSettings(clusters=top), seed).labels
    labels = np.zeros(len(vectors), dtype=np.int64)
    parents: list[int] = []
    for parent in range(int(above.max()) + 1):
        rows = np.flatnonzero(above == parent)
        share = max(1, round(len(rows) / len(vectors) * (int(base.max()) + 1)))
        own = cluster(vectors[rows], ClusteringSettings(clusters=share), seed).labels
        labels[rows] = own + len(parents)
        parents += [parent] * (int(own.max()) + 1)
    return labels, np.array(parents)


BUILDERS: dict[str, Builder] = {
    DEFAULT: ours(by_size=False),
    "ward, groups by size": ours(by_size=True),
    "scipy ward": linked("ward"),
    "scipy average": linked("average"),
    "scipy complete": linked("complete"),
    "leiden on the groups' graph": leiden_of_groups,
    "leiden on centroids": leiden_of_centroids,
}


def _centroids(vectors: NDArray[np.float32], labels: NDArray[Any]) -> NDArray[np.float32]:
    from clioscope.clustering.centroids import centroids_of

    return centroids_of(vectors, labels, int(labels.max()) + 1)


def _straight(sample: Sample, top: int, seed: int) -> Outcome:
    """What Leiden makes of the rows when nothing has to nest: what the top level alone could be, no tree."""
    from clioscope.clustering import cluster
    from clioscope.settings import ClusteringSettings

    began = time.perf_counter()
    labels = cluster(sample.vectors, ClusteringSettings(clusters=top), seed).labels
    found = grouping(labels, sample.data.coarse)
    figures = {"top_ami": found["ami"], "top_ari": found["ari"], "top_groups": found["groups"]}
    return Outcome(figures | {"seconds": time.perf_counter() - began})


def _loop(bench: Bench, model: str, sample: Sample, part: str, top: int, seed: int) -> Outcome:
    """Names of the base groups by the model, then the paper's loop (Clio, G.6) for one level."""
    from clioscope.hierarchy.clio import propose_parents
    from clioscope.models.account import Account
    from clioscope.naming import name_groups
    from clioscope.naming.support import Support
    from clioscope.settings import HierarchySettings, NamingSettings

    account = Account()
    ask = bench.ask(account, model)
    naming = NamingSettings()
    _, data, vectors, found = sample
    base = found if part == FOUND else data.truth
    labels = name_groups(
        data.texts,
        Support(data.texts, naming.support),
        vectors,
        base,
        _centroids(vectors, base),
        naming,
        encode=bench.encode,
        ask=ask,
    )
    began = time.perf_counter()
    parents = propose_parents(
        labels,
        top,
        neighbourhood=HierarchySettings().neighbourhood,
        words=naming.max_words,
        encode=bench.encode,
        ask=ask,
        language="English",
        seed=seed,
    )
    total = account.total()
    cost = {
        "seconds": time.perf_counter() - began,
        "questions": float(total.calls + total.cached),
        "tokens": float(total.prompt_tokens + total.completion_tokens),
    }
    if parents is None:
        return Outcome(cost, note="the model's categories did not make the level smaller")
    return Outcome(tree_figures(base, parents[base], data.truth, data.coarse) | cost)
