"""Reproduction: the paper's settings against our defaults on the same data."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from clioscope.experiments.bench import Bench
from clioscope.experiments.builds import kept_build
from clioscope.experiments.data import CATEGORIES, EMBEDDED, LabelledAtlas, category_labels
from clioscope.experiments.draws import LEFT_OUT, drawn, spread
from clioscope.experiments.experiment import Outcome, Variant, experiment
from clioscope.experiments.figures import grouping
from clioscope.experiments.results import Results

if TYPE_CHECKING:
    from clioscope.atlas import Atlas
    from clioscope.settings import Settings

CLIO, OURS = "Clio: k-means on plain vectors", "Clioscope: Leiden, centred and smoothed"
# The stages as the paper has them (Clio 2.2, G.5), as our defaults have them, and what lies between.
GROUPINGS: Mapping[str, dict[str, Any]] = {
    CLIO: {"centred": False, "smoothed": False, "method": "kmeans"},
    "k-means, centred": {"centred": True, "smoothed": False, "method": "kmeans"},
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
    "embedding__model": "all-mpnet-base-v2",
    "embedding__centre": False,
    "embedding__smooth": 0.0,
    "clustering__method": "kmeans",
    "naming__members": 50,
    "naming__contrast": 50,
    "naming__candidates": 1,
    "hierarchy__builder": "clio",
    "privacy__auditor": "scale",
}


BUILDS = BUILD, SAME_ENCODER, OUR_BUILD = "Clio", "Clio with our encoder", "Clioscope"


def _conclude(results: Results) -> str:
    lines = []
    for part in results.parts():
        lines += [f"{part}:", *(_on_builds if BUILD in results.variants(part) else _on_groupings)(results, part)]
    return " ".join(filter(None, lines))


def _on_groupings(results: Results, part: str) -> Iterator[str]:
    """Methods compared on the same vectors, vectors compared under the same method, then both at once."""
    pairs = list(combinations([name for name in GROUPINGS if name in results.variants(part)], 2))
    methods = [pair for pair in pairs if _changed(*pair) == {"method"}]
    steps = [pair for pair in pairs if "method" not in _changed(*pair)]
    for kmeans, leiden in methods:
        yield results.versus(leiden, kmeans, "ami", part, "AMI")
        ours, theirs = (results.mean(method, "seed_ari", part) for method in (leiden, kmeans))
        if ours == ours:
            yield f"Two runs of {leiden} agree with ARI {ours:.3f}, two runs of {kmeans} with {theirs:.3f}."
    for before, after in steps:
        yield results.versus(after, before, "ami", part, "AMI")
    yield f"Both at once: {results.versus(OURS, CLIO, 'ami', part, 'AMI')}"
    best = results.best("ami", part)
    yield f"{best} is best of all ({results.mean(best, 'ami', part):.3f})."


def _changed(first: str, second: str) -> set[str]:
    """The settings in which two groupings differ."""
    return {name for name, value in GROUPINGS[first].items() if GROUPINGS[second][name] != value}


def _on_builds(results: Results, part: str) -> Iterator[str]:
    """Our build against the paper's, and the two steps between them: the encoder, and all other settings."""
    for metric, name in (
        ("ami", "AMI of base groups"),
        ("top_ami", "AMI of the top level"),
        ("reconstruction_accuracy", "reconstruction accuracy"),
        ("tokens", "tokens"),
    ):
        for ours, theirs in ((OUR_BUILD, BUILD), (OUR_BUILD, SAME_ENCODER), (SAME_ENCODER, BUILD)):
            yield results.versus(ours, theirs, metric, part, name)


@experiment(
    question="How do the paper's settings (k-means on plain vectors of the request, its prompts, its loop for the "
    "tree) compare with our defaults on the same data?",
    needs="CLINC150 or an atlas of labelled ShareGPT; the paper's encoder for the groupings with --embedder "
    "all-mpnet-base-v2; whole builds need --model",
    costs="3 minutes on two cores per encoder; with --model three builds of 234 conversations per seed, some 1,400 "
    "questions",
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
    """Groupings of the same vectors, all into the true number of groups; there is one part per encoder. With a language
    model and labelled conversations also whole builds: the paper's settings with its encoder, the same with the first
    encoder given, and our defaults with that encoder. Conversations are few, so every seed groups its own 80 % of them;
    builds take all."""
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
    names = [name for name in EMBEDDED if name in talks.texts]
    for encoder in bench.embedders:
        columns = {name: bench.encode(talks.texts[name], encoder) for name in names}
        for embedded in (["request"], names):
            for name, settings in GROUPINGS.items():
                yield Variant(
                    name,
                    lambda seed, c=[columns[name] for name in embedded], s=settings: _talks(c, talks, s, seed),  # type: ignore[misc]
                    f"{encoder}, embedded: {' + '.join(embedded)}",
                    redrawn=LEFT_OUT,
                )
    for model in bench.models:
        for name in BUILDS:
            yield Variant(
                name,
                lambda seed, m=model, n=name: _build(bench, talks, m, n, seed),  # type: ignore[misc]
                f"whole build, {model}",
            )


def group(columns: list[NDArray[np.float32]], settings: Mapping[str, Any], count: int, seed: int) -> NDArray[np.int32]:
    """Labels (n,) of the mean of ``columns``, each (n, d), by ``settings``, one of ``GROUPINGS``."""
    from clioscope.clustering import cluster
    from clioscope.settings import ClusteringSettings
    from clioscope.vectors.centring import centre
    from clioscope.vectors.neighbours import knn
    from clioscope.vectors.smoothing import smooth
    from clioscope.vectors.unit import average

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


def build_settings(bench: Bench, model: str, name: str, seed: int) -> Settings:
    """The settings of one of ``BUILDS``. All have the same language model, the same number of base groups, and the
    quickest map, since the map is not in question. Quick runs do without the paper's encoder."""
    from clioscope.settings import load_settings

    given: dict[str, Any] = {} if name == OUR_BUILD else dict(PAPER)
    if name != BUILD or bench.quick:
        given["embedding__model"] = bench.embedders[0]
    given |= {"clustering__clusters": bench.few(8, 22), "layout__method": "pca"}
    return load_settings(model__name=model, seed=seed, **given)


def _build(bench: Bench, talks: LabelledAtlas, model: str, name: str, seed: int) -> Outcome:
    settings = build_settings(bench, model, name, seed)
    with kept_build(bench, talks, settings) as (atlas, seconds):
        return _measured(atlas, seconds)


def _measured(atlas: Atlas, seconds: float) -> Outcome:
    from clioscope.measure.labels_file import label_rows
    from clioscope.measure.measured import measure_atlas

    labels = category_labels()
    table = measure_atlas(atlas, labels, label_names=CATEGORIES, stability=False, write=False).table
    top = int(atlas.tree["level"].max())  # type: ignore[arg-type]

    def figure(metric: str, level: int) -> float:
        rows = table.filter(
            (table["metric"] == metric) & (table["level"] == level) & table["group"].is_null() & table["part"].is_null()
        )
        return float(rows["value"][0]) if rows.height else float("nan")

    cost = [stage.get("cost", {}) for stage in atlas.manifest["stages"].values()]
    tokens = sum(spent.get("prompt_tokens", 0) + spent.get("completion_tokens", 0) for spent in cost)
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
