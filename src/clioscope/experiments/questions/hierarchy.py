"""Hierarchy: linkages of scipy, Leiden again, or the language model's own loop."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.experiments.bench import Bench
from clioscope.experiments.data import EMBEDDED, Labelled
from clioscope.experiments.draws import LEFT_OUT, drawn, spread
from clioscope.experiments.experiment import Outcome, Variant, experiment
from clioscope.experiments.figures import grouping
from clioscope.experiments.named_trees import edge_figures, parents_by_model
from clioscope.experiments.results import Results
from clioscope.experiments.tree_builders import BUILDERS, DEFAULT, Builder, top_down

TOP_DOWN, STRAIGHT, LOOP = "leiden, top-down", "leiden, straight, not nested", "language model's loop"
FOUND, TRUE = "above found base groups", "above the true intents"


class Ground(NamedTuple):
    """What trees are built on: ``data`` and their ``vectors`` (n, d). ``top``: how many groups are wanted at the top.
    ``parts``: the number of base groups of each part (None: the true classes)."""

    data: Labelled
    vectors: NDArray[np.float32]
    top: int
    parts: dict[str, int | None]


class Sample(NamedTuple):
    """The rows that one seed sees: ``rows``, their places among all rows; their data and vectors; and their ``base``
    groups."""

    rows: NDArray[np.intp]
    data: Labelled
    vectors: NDArray[np.float32]
    base: NDArray[Any]


def _conclude(results: Results) -> str:
    lines = []
    for part in results.parts():
        best = results.best("top_ami", part)
        lines.append(
            f"{part.capitalize()}: the top level is nearest to the labels with {best} "
            f"(AMI {results.mean(best, 'top_ami', part):.3f})."
        )
        loops = [name for name in results.variants(part) if name.startswith(LOOP)]
        others = [name for name in dict.fromkeys([best, *loops]) if name != DEFAULT]
        lines += [results.versus(name, DEFAULT, "top_ami", part, "top-level AMI") for name in others]
        if part != TRUE:  # the true intents are pure by definition
            pure = results.best("dendrogram_purity", part)
            others = [name for name in dict.fromkeys([pure, *loops]) if name != DEFAULT]
            lines += [results.versus(name, DEFAULT, "dendrogram_purity", part) for name in others]
        seen = {name: results.mean(name, "edge_seen", part) for name in results.variants(part)}
        shown = ", ".join(f"{name} {value:+.2f}" for name, value in seen.items() if value == value)
        if shown:
            lines.append(f"Share of groups that the judge puts under their parent, less under another parent: {shown}.")
    if not any(name.startswith(LOOP) for name in results.variants()):
        lines.append("The language model's loop was not run (no --model).")
    return " ".join(filter(None, lines))


@experiment(
    question="How should groups be made into groups of groups: linkage of centroids, Leiden again, or the language "
    "model's propose, deduplicate and assign?",
    needs="CLINC150 or an atlas of labelled ShareGPT, an encoder; the language model's loop and the judge of edges "
    "need --model (the first works, the last judges)",
    costs="4 minutes on two cores, and with --model, under one seed, about 1,200 questions (CLINC150) or 650 "
    "(ShareGPT)",
    conclude=_conclude,
    data=("clinc150", "sharegpt-labelled"),
    show=(
        "top_ami",
        "top_ari",
        "dendrogram_purity",
        "best_node_f",
        "base_ami",
        "edge_fit",
        "edge_fit_other",
        "top_groups",
        "seed_ari",
        "questions",
        "tokens",
        "seconds",
    ),
)
def hierarchy(bench: Bench) -> Iterator[Variant]:
    """All builders get the same base groups. CLINC150 has 150 intents in ten domains, which people made: trees are
    built above the groups that Leiden finds and above the true intents, with as many groups at the top as there are
    domains. Labelled ShareGPT has vectors as in a build: trees are built above 22, 16 and 30 groups, with eight at the
    top. Every seed draws its own 80 % of the rows, since most builders do not vary otherwise.

    ``seconds`` are those of the builder alone. ``questions`` and ``tokens`` are those of the loop and of the names it
    needs. ``edge_fit``: the share of base groups that belong under their parent, as the judge says from their names;
    ``edge_fit_other``: under another parent. Both are measured in the first part, under the first seed."""
    ground = _utterances(bench) if bench.data == "clinc150" else _talks(bench)
    top, first = ground.top, next(iter(ground.parts))

    @cache
    def sample(seed: int, part: str) -> Sample:
        from clioscope.clustering import cluster
        from clioscope.settings import ClusteringSettings

        rows = drawn(len(ground.vectors), seed)
        own, vectors, count = ground.data.take(rows), ground.vectors[rows], ground.parts[part]
        base = own.truth if count is None else cluster(vectors, ClusteringSettings(clusters=count), seed).labels
        return Sample(rows, own, vectors, base)

    def measured(builder: Builder, part: str, seed: int) -> Outcome:
        rows, own, vectors, base = sample(seed, part)
        began = time.perf_counter()
        labels, parents = builder(vectors, base, top, seed)
        figures = {"seconds": time.perf_counter() - began}
        figures |= tree_figures(labels, parents[labels], own.truth, own.coarse)
        if bench.models and seed == 0 and part == first and builder is not top_down:
            figures |= edge_figures(bench, own.texts, vectors, base, parents)
        return Outcome(figures, spread(parents[labels], rows, len(ground.vectors)))

    def by_model(part: str) -> Outcome:
        _, own, vectors, base = sample(0, part)
        parents, cost = parents_by_model(bench, own.texts, vectors, base, top)
        if parents is None:
            return Outcome(cost, note="the model's categories did not make the level smaller")
        judged = edge_figures(bench, own.texts, vectors, base, parents) if part == first else {}
        return Outcome({**tree_figures(base, parents[base], own.truth, own.coarse), **judged, **cost})

    for part, count in ground.parts.items():
        for name, builder in (BUILDERS | ({} if count is None else {TOP_DOWN: top_down})).items():
            yield Variant(
                name,
                lambda seed, b=builder, p=part: measured(b, p, seed),  # type: ignore[misc]
                part,
                redrawn=LEFT_OUT,
            )
        if count is not None:
            yield Variant(
                STRAIGHT,
                lambda seed, p=part: _straight(sample(seed, p), top, seed),  # type: ignore[misc]
                part,
                redrawn=LEFT_OUT,
            )
        for model in bench.models[:1]:
            yield Variant(f"{LOOP} ({model})", lambda seed, p=part: by_model(p), part, seeds=1)  # type: ignore[misc]


def _utterances(bench: Bench) -> Ground:
    from clioscope.vectors.centring import centre

    data = bench.utterances()
    vectors = centre(bench.encode(data.texts))[0]
    return Ground(data, vectors, len(np.unique(data.coarse)), {FOUND: len(data.classes), TRUE: None})


def _talks(bench: Bench) -> Ground:
    from clioscope.settings import EmbeddingSettings
    from clioscope.vectors.centring import centre
    from clioscope.vectors.neighbours import knn
    from clioscope.vectors.smoothing import smooth
    from clioscope.vectors.unit import average

    talks, settings = bench.conversations(), EmbeddingSettings()
    names = [name for name in EMBEDDED if name in talks.texts]
    vectors = centre(average([bench.encode(talks.texts[name]) for name in names]))[0]
    vectors = smooth(vectors, knn(vectors, settings.smooth_neighbours).indices, vectors, settings.smooth)
    data = Labelled(talks.texts["request"], talks.truth, talks.classes, talks.truth, talks.classes)
    counts = bench.few((12,), (22, 16, 30))
    return Ground(data, vectors, bench.few(4, 8), {f"above {count} found groups": count for count in counts})


def tree_figures(
    base: NDArray[Any], above: NDArray[Any], truth: NDArray[Any], coarse: NDArray[Any]
) -> dict[str, float]:
    """The figures of two levels: the upper level against the domains, the tree against the intents."""
    from clioscope.measure import tree_against_labels

    upper, lower = grouping(above, coarse), grouping(base, truth)
    return {
        "top_ami": upper["ami"],
        "top_ari": upper["ari"],
        "top_groups": upper["groups"],
        "base_ami": lower["ami"],
        **tree_against_labels([base, above], truth),
    }


def _straight(sample: Sample, top: int, seed: int) -> Outcome:
    """Leiden straight into the top groups, with no tree: what the top level could be if it did not have to nest."""
    from clioscope.clustering import cluster
    from clioscope.settings import ClusteringSettings

    began = time.perf_counter()
    labels = cluster(sample.vectors, ClusteringSettings(clusters=top), seed).labels
    reached = grouping(labels, sample.data.coarse)
    figures = {"top_ami": reached["ami"], "top_ari": reached["ari"], "top_groups": reached["groups"]}
    return Outcome(figures | {"seconds": time.perf_counter() - began})
