"""Reproduction: the paper's own settings against our defaults, in one harness."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from clioscope.experiments.bench import Bench
from clioscope.experiments.builds import kept_build
from clioscope.experiments.data import CATEGORIES, EMBEDDED, LEFT_OUT, LabelledAtlas, category_labels, drawn, spread
from clioscope.experiments.experiment import Outcome, Variant, experiment
from clioscope.experiments.figures import grouping
from clioscope.experiments.results import Results

if TYPE_CHECKING:
    from clioscope.atlas import Atlas
    from clioscope.settings import Settings

CLIO, OURS = "Clio: k-means on plain vectors", "Clioscope: Leiden, centred and smoothed"
# A group of settings a row: what the paper says of the stages, and our defaults (Clio 2.2, G.5).
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


def _conclude(found: Results) -> str:
    lines = []
    for part in found.parts():
        lines += [f"{part}:", *(_on_builds if BUILD in found.variants(part) else _on_groupings)(found, part)]
    return " ".join(filter(None, lines))


def _on_groupings(found: Results, part: str) -> Iterator[str]:
    """Method against method on the same vectors, vectors against vectors under the same method, then both at once."""
    pairs = list(combinations([one for one in GROUPINGS if one in found.variants(part)], 2))
    methods = [pair for pair in pairs if _changed(*pair) == {"method"}]
    steps = [pair for pair in pairs if "method" not in _changed(*pair)]
    for kmeans, leiden in methods:
        yield found.versus(leiden, kmeans, "ami", part, "AMI")
        ours, theirs = (found.mean(one, "seed_ari", part) for one in (leiden, kmeans))
        if ours == ours:
            yield f"Two of its runs agree with ARI {ours:.3f}, two of {kmeans} with {theirs:.3f}."
    for before, after in steps:
        yield found.versus(after, before, "ami", part, "AMI")
    yield f"Both at once: {found.versus(OURS, CLIO, 'ami', part, 'AMI')}"
    best = found.best("ami", part)
    yield f"Best of all is {best} ({found.mean(best, 'ami', part):.3f})."


def _changed(one: str, other: str) -> set[str]:
    """In what two groupings differ."""
    return {name for name, value in GROUPINGS[one].items() if GROUPINGS[other][name] != value}


def _on_builds(found: Results, part: str) -> Iterator[str]:
    """Ours against the paper's, and its two steps: the encoder, and all other settings."""
    for metric, name in (
        ("ami", "AMI of base groups"),
        ("top_ami", "AMI of the top level"),
        ("reconstruction_accuracy", "reconstruction accuracy"),
        ("tokens", "tokens"),
    ):
        for one, other in ((OUR_BUILD, BUILD), (OUR_BUILD, SAME_ENCODER), (SAME_ENCODER, BUILD)):
            yield found.versus(one, other, metric, part, name)


@experiment(
    question="How do the paper's settings (k-means on plain vectors of the request, its prompts, its loop for the "
    "tree) compare with our defaults on the same data?",
    needs="CLINC150 or an atlas of labelled ShareGPT; the paper's encoder for the groupings with --embedder "
    "all-mpnet-base-v2; whole builds need --model",
    costs="3 minutes on two cores an encoder; with --model three builds of 234 conversations a seed, some 1,400 "
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
    """Groupings of given vectors, one encoder a part, with the true number of groups for all; and, with a language
    model and labelled conversations, whole builds: the paper's settings with its encoder, the same with the first
    encoder given, and our defaults with that one. Conversations are few, so every seed draws its own 80 % of them for
    the groupings; the builds take all."""
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
    names = [one for one in EMBEDDED if one in talks.texts]
    for encoder in bench.embedders:
        columns = {name: bench.encode(talks.texts[name], encoder) for name in names}
        for embedded in (["request"], names):
            for name, settings in GROUPINGS.items():
                yield Variant(
                    name,
                    lambda seed, c=[columns[one] for one in embedded], s=settings: _talks(c, talks, s, seed),  # type: ignore[misc]
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
    """Labels (n,) of the mean of ``columns``, each (n, d), by one of ``GROUPINGS``."""
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
    """Settings of one of ``BUILDS``: all have the same language model, as many base groups, and the quickest map, which
    is not in question. The paper's encoder is left out of quick runs."""
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
