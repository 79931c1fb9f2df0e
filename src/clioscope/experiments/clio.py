"""Reproduction: the paper's own settings against our defaults, in one harness."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from clioscope.experiments.bench import Bench
from clioscope.experiments.builds import kept_build
from clioscope.experiments.data import CATEGORIES, LabelledAtlas, category_labels, drawn, spread
from clioscope.experiments.experiment import Outcome, Variant, experiment
from clioscope.experiments.figures import grouping
from clioscope.experiments.results import Results

if TYPE_CHECKING:
    from clioscope.atlas import Atlas

CLIO, OURS = "Clio: k-means on plain vectors", "Clioscope: Leiden, centred and smoothed"
# A group of settings a row: what the paper says of the stages, and our defaults (Clio 2.2, G.5).
GROUPINGS: Mapping[str, dict[str, Any]] = {
    CLIO: {"centred": False, "smoothed": False, "method": "kmeans"},
    "k-means, centred and smoothed": {"centred": True, "smoothed": True, "method": "kmeans"},
    "Leiden on plain vectors": {"centred": False, "smoothed": False, "method": "leiden"},
    "Leiden, centred": {"centred": True, "smoothed": False, "method": "leiden"},
    OURS: {"centred": True, "smoothed": True, "method": "leiden"},
}
PAPER = {
    "facets__use": ("request", "concern"),
    "facets__embed": ("request",),
    "facets__calls": "each",
    "facets__examples": False,
    "embedding__centre": False,
    "embedding__smooth": 0.0,
    "clustering__method": "kmeans",
    "naming__members": 50,
    "naming__contrast": 50,
    "naming__candidates": 1,
    "hierarchy__builder": "clio",
    "privacy__auditor": "scale",
}


def _conclude(found: Results) -> str:
    lines = []
    for part in found.parts():
        names = found.variants(part)
        if OURS in names:
            lines.append(f"{part}: " + found.versus(OURS, CLIO, "ami", part, "AMI"))
            ours, paper = (found.mean(one, "seed_ari", part) for one in (OURS, CLIO))
            if ours == ours:
                lines.append(f"Two runs agree with ARI {ours:.3f} against {paper:.3f}.")
            best = found.best("ami", part)
            if best != OURS:
                lines.append(f"Best of all is {best} ({found.mean(best, 'ami', part):.3f}).")
        elif len(names) == 2:
            lines.append(f"{part}: " + found.versus(names[1], names[0], "ami", part, "AMI of base groups"))
            lines.append(found.versus(names[1], names[0], "reconstruction_accuracy", part))
            lines.append(found.versus(names[1], names[0], "tokens", part))
    return " ".join(filter(None, lines))


@experiment(
    question="How do the paper's settings (k-means on plain vectors of the request, its prompts, its loop for the "
    "tree) compare with our defaults on the same data?",
    needs="CLINC150 or an atlas of labelled ShareGPT; the paper's encoder with --embedder all-mpnet-base-v2; whole "
    "builds need --model",
    costs="3 minutes on two cores an encoder; with --model two builds of 234 conversations a seed",
    conclude=_conclude,
    data=("clinc150", "sharegpt-labelled"),
    show=(
        "ami",
        "ari",
        "v_measure",
        "matching_accuracy",
        "groups",
        "seed_ari",
        "top_ami",
        "reconstruction_accuracy",
        "tokens",
        "seconds",
    ),
)
def clio(bench: Bench) -> Iterator[Variant]:
    """Groupings of given vectors, one encoder a part, with the true number of groups for all; and, with a language
    model and labelled conversations, whole builds. Conversations are few, so every seed draws its own 80 %."""
    if bench.data == "clinc150":
        data = bench.utterances()
        for encoder in bench.embedders:
            vectors = bench.encode(data.texts, encoder)
            for name, settings in GROUPINGS.items():
                yield Variant(
                    name,
                    lambda seed, v=vectors, s=settings: _utterances(v, data.truth, s, seed),  # type: ignore[misc]
                    f"CLINC150, {encoder}",
                )
        return
    talks = bench.conversations()
    names = [str(one) for one in ("request", "field", "activity", "text") if one in talks.texts]
    for encoder in bench.embedders:
        columns = {name: bench.encode(talks.texts[name], encoder) for name in names}
        for embedded in (["request"], names):
            for name, settings in GROUPINGS.items():
                yield Variant(
                    name,
                    lambda seed, c=[columns[one] for one in embedded], s=settings: _talks(c, talks, s, seed),  # type: ignore[misc]
                    f"{encoder}, embedded: {' + '.join(embedded)}",
                )
    for model in bench.models:
        for name, changes in (("Clio", PAPER), ("Clioscope", {})):
            yield Variant(
                name,
                lambda seed, m=model, c=changes: _build(bench, talks, m, c, seed),  # type: ignore[misc]
                f"whole build, {model}, {bench.embedders[0]}",
            )


def group(columns: list[NDArray[np.float32]], settings: Mapping[str, Any], count: int, seed: int) -> NDArray[np.int32]:
    """Labels (n,) of the mean of ``columns``, each (n, d), by one of ``GROUPINGS``."""
    from clioscope.clustering import cluster
    from clioscope.clustering.neighbours import knn
    from clioscope.embedding.geometry import average, centre, smooth
    from clioscope.settings import ClusteringSettings

    vectors = average(columns)
    if settings["centred"]:
        vectors = centre(vectors)[0]
    if settings["smoothed"]:
        vectors = smooth(vectors, knn(vectors, 8).indices, vectors, 0.5)
    return cluster(vectors, ClusteringSettings(method=settings["method"], clusters=count), seed).labels


def _utterances(vectors: NDArray[np.float32], truth: NDArray[Any], settings: Mapping[str, Any], seed: int) -> Outcome:
    began = time.perf_counter()
    labels = group([vectors], settings, len(np.unique(truth)), seed)
    seconds = time.perf_counter() - began
    return Outcome(grouping(labels, truth) | {"seconds": seconds}, labels)


def _talks(columns: list[NDArray[np.float32]], talks: LabelledAtlas, settings: Mapping[str, Any], seed: int) -> Outcome:
    rows = drawn(len(talks.truth), seed)
    began = time.perf_counter()
    labels = group([column[rows] for column in columns], settings, len(talks.classes), seed)
    seconds = time.perf_counter() - began
    return Outcome(grouping(labels, talks.truth[rows]) | {"seconds": seconds}, spread(labels, rows, len(talks.truth)))


def _build(bench: Bench, talks: LabelledAtlas, model: str, changes: Mapping[str, Any], seed: int) -> Outcome:
    """Both from the same file, with the same language model and encoder and as many base groups."""
    from clioscope.settings import load_settings

    settings = load_settings(
        model__name=model,
        embedding__model=bench.embedders[0],
        clustering__clusters=bench.few(8, 22),
        seed=seed,
        **changes,
    )
    with kept_build(bench, talks, settings) as (atlas, seconds):
        return _measured(atlas, seconds)


def _measured(atlas: Atlas, seconds: float) -> Outcome:
    from clioscope.measure.labels_file import label_rows
    from clioscope.measure.measured import measure_atlas

    labels = category_labels()
    table = measure_atlas(atlas, labels, label_names=CATEGORIES, stability=False, write=False).table
    top = int(atlas.tree["level"].max())  # type: ignore[arg-type]

    def figure(metric: str, level: int) -> float:
        found = table.filter(
            (table["metric"] == metric) & (table["level"] == level) & table["group"].is_null() & table["part"].is_null()
        )
        return float(found["value"][0]) if found.height else float("nan")

    cost = [one.get("cost", {}) for one in atlas.manifest["stages"].values()]
    tokens = sum(one.get("prompt_tokens", 0) + one.get("completion_tokens", 0) for one in cost)
    known = np.array([label is not None for label in label_rows(atlas, labels)])
    codes = np.unique(atlas.clusters["group"].to_numpy(), return_inverse=True)[1]
    return Outcome(
        {
            "ami": figure("ami", 0),
            "ari": figure("ari", 0),
            "groups": float(len(atlas.centroids)),
            "top_ami": figure("ami", top),
            "reconstruction_accuracy": figure("reconstruction_accuracy", 0),
            "tokens": float(tokens),
            "seconds": seconds,
        },
        np.where(known, codes, -1),
    )
