"""Ask a few: how much do the answers about some conversations tell about the others?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.experiments.asked_corpus import AskedCorpus, asked_corpus
from clioscope.experiments.asked_rows import BALANCED, CHOICES
from clioscope.experiments.bench import Bench
from clioscope.experiments.draws import LEFT_OUT, drawn, spread
from clioscope.experiments.experiment import Outcome, Variant, experiment
from clioscope.experiments.figures import grouping
from clioscope.experiments.results import Results

if TYPE_CHECKING:
    from clioscope.prediction.ready import ReadyMap

# Predicts what is left of the answers: from the texts and rests of the asked, for all texts.
Rest = Callable[[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]], NDArray[np.float32]]
COUNTS = (25, 50, 100, 200, 400, 800)  # asked, and all
USUAL = 400  # asked where their number is not what is compared
NEAREST = 10  # asked conversations that kNN predicts from
NUMBER, WHICH, MAP, WEIGHTS = "how many are asked", "which are asked", "kind of map", "weights"
BUILT, OWN, RAW, PREDICTED = "as built", "own answers of all", "raw text", "predicted"
KERNEL, RIDGE, KNN = "kernel ridge", "ridge", "nearest neighbours"
FROM_READY, READY = ", from the ready-made map", "ready-made map alone"


class Told(NamedTuple):
    """``vectors`` (n, d) of all conversations; ``predicted`` (n, d), what is predicted of them; ``asked``, the rows
    that were asked."""

    vectors: NDArray[np.float32]
    predicted: NDArray[np.float32] | None = None
    asked: NDArray[np.int64] | None = None


def _conclude(results: Results) -> str:
    lines = []
    numbers = results.variants(NUMBER)
    for metric, name in (("ami", "AMI of Leiden"), ("kmeans_ami", "AMI of k-means")):
        shown = ", ".join(
            f"{one.removeprefix(BUILT).strip()} {results.mean(one, metric, NUMBER):.3f}" for one in numbers
        )
        lines.append(f"{name} by the number asked: {shown}.")
    most = numbers[-1]
    lines += [results.versus(one, most, "kmeans_ami", NUMBER, "AMI of k-means") for one in numbers[-3:-1]]
    for part, base in ((WHICH, BALANCED), (MAP, KERNEL), (WEIGHTS, BUILT)):
        others = [one for one in results.variants(part) if one != base]
        lines += [results.versus(one, base, "kmeans_ami", part, "AMI of k-means") for one in others]
    lines += [results.versus(READY, RAW, "kmeans_ami", WEIGHTS, "AMI of k-means")]
    lines += [results.versus(f"{BUILT}, all asked", OWN, "kmeans_ami", WEIGHTS, "AMI of k-means")]
    cosines = ", ".join(
        f"{one} {results.mean(one, 'cosine', MAP):.3f}"
        for one in results.variants(MAP)
        if results.values(one, "cosine")
    )
    lines.append(
        f"Cosine of what is predicted with what the model says of conversations that it was not asked: {cosines}."
    )
    return " ".join(filter(None, lines))


@experiment(
    question="How many conversations must a model be asked about, which ones, what map predicts the others, and how "
    "much should predictions weigh?",
    needs="CLINC150 and a language model (--model); or --data sharegpt-labelled with an atlas (--atlas) that holds "
    "labelled conversations among others, and either a model or facets from a build with --ask all",
    costs="one question per conversation (1,500 for CLINC150), however many seeds; then minutes on two cores",
    conclude=_conclude,
    data=("clinc150", "sharegpt-labelled"),
    show=("ami", "kmeans_ami", "cosine", "ari", "groups", "seed_ari", "seconds"),
)
def ask(bench: Bench) -> Iterator[Variant]:
    """Every conversation has an answer, and each variant may see some of them. Vectors are made as in a build, centred
    and smoothed; so are the groups, as many as a build tries at most. ``ami``: of Leiden; ``kmeans_ami``: of k-means.
    ``cosine``: of what is predicted of labelled conversations that were not asked with what the model says of them.
    Every seed draws its own asked ones, and 80 % of the labelled conversations, which are grouped."""
    from clioscope.prediction.ready import ready_map

    corpus = asked_corpus(bench)
    total = len(corpus.raw)
    ready = ready_map(bench.encoder().id)
    usual = min(bench.few(60, USUAL), total // 2)

    @cache
    def built(choice: str, count: int, seed: int) -> tuple[Told, Told]:
        rows = CHOICES[choice](corpus.raw, count, seed)
        return _built(corpus, rows, ready)

    def asked(choice: str, count: int, place: int = 0) -> Callable[[int], Outcome]:
        # If all are asked, the seed chooses nothing.
        return lambda seed: _measure(corpus, built(choice, count, 0 if count == total else seed)[place], seed)

    for count in [count for count in bench.few((25, 50), COUNTS) if count < total] + [total]:
        yield Variant(BUILT, asked(BALANCED, count), NUMBER, float(count), redrawn=LEFT_OUT)
    for choice in CHOICES:
        yield Variant(choice, asked(choice, usual), WHICH, redrawn=LEFT_OUT)
    for name, predict in _maps(corpus, ready).items():
        yield Variant(
            name,
            lambda seed, p=predict: _measure(  # type: ignore[misc]
                corpus, p(CHOICES[BALANCED](corpus.raw, usual, seed)), seed
            ),
            MAP,
            redrawn=LEFT_OUT,
        )
    unlearnt = {OWN: corpus.own, RAW: corpus.raw} | ({} if ready is None else {READY: ready.predict(corpus.raw)})
    for name, told in unlearnt.items():
        yield Variant(
            name,
            lambda seed, v=told: _measure(corpus, Told(v), seed),  # type: ignore[misc]
            WEIGHTS,
            redrawn=LEFT_OUT,
        )
    yield Variant(PREDICTED, asked(BALANCED, usual, 1), WEIGHTS, redrawn=LEFT_OUT)
    yield Variant(BUILT, asked(BALANCED, usual), WEIGHTS, redrawn=LEFT_OUT)
    yield Variant(f"{BUILT}, all asked", asked(BALANCED, total), WEIGHTS, redrawn=LEFT_OUT)


def _built(corpus: AskedCorpus, rows: NDArray[np.int64], ready: ReadyMap | None) -> tuple[Told, Told]:
    """The vectors of a build that asked about ``rows``, and the predictions alone. A build's ready-made map
    reads the words as well (``prediction.words``); here it does not."""
    from clioscope.pipeline.mixing import FEWEST
    from clioscope.prediction.facet_map import FacetMap
    from clioscope.prediction.mixing import choose_weights, mix_asked, mix_others, raw_weight, usual_weights
    from clioscope.vectors.unit import average

    raw, own = corpus.raw, corpus.own
    if len(rows) < FEWEST and ready is None:
        vectors = raw.copy()
        vectors[rows] = average([own[rows], raw[rows]])
        return Told(vectors), Told(raw)
    if len(rows) < FEWEST:
        assert ready is not None
        learnt, weights = FacetMap.of(ready), usual_weights(raw=raw_weight(corpus.characters))
        said = learnt.predict(raw[rows])
    else:
        learnt = FacetMap.fit(raw[rows], own[rows], ready)
        said, unasked = learnt.crossfitted, 1 - len(rows) / len(raw)
        weights = choose_weights(own[rows], said, characters=corpus.characters, unasked=unasked)
    predicted = learnt.predict(raw)
    predicted[rows] = said
    vectors = mix_others(weights, predicted, raw)
    vectors[rows] = mix_asked(weights, own[rows], said, raw[rows])
    return Told(vectors, predicted, rows), Told(predicted, predicted, rows)


def _maps(corpus: AskedCorpus, ready: ReadyMap | None) -> dict[str, Callable[[NDArray[np.int64]], Told]]:
    """Kinds of maps: each predicts all conversations from those that were asked."""
    from clioscope.prediction.facet_map import FacetMap

    raw, own = corpus.raw, corpus.own
    start = np.zeros_like(own) if ready is None else ready.predict(raw)

    def kernel(rows: NDArray[np.int64], start: ReadyMap | None) -> Told:
        return Told(told := FacetMap.fit(raw[rows], own[rows], start).predict(raw), told, rows)

    def simple(rows: NDArray[np.int64], kind: Rest, begun: NDArray[np.float32]) -> Told:
        from clioscope.vectors.unit import unit_rows

        rest = own[rows] - begun[rows]
        told = unit_rows(begun + rest.mean(axis=0) + kind(raw[rows], rest - rest.mean(axis=0), raw), directed=True)
        return Told(told, told, rows)

    nothing = np.zeros_like(own)
    found: dict[str, Callable[[NDArray[np.int64]], Told]] = {
        KERNEL: lambda rows: kernel(rows, None),
        RIDGE: lambda rows: simple(rows, _ridge, nothing),
        KNN: lambda rows: simple(rows, _neighbours, nothing),
    }
    if ready is not None:
        found |= {
            KERNEL + FROM_READY: lambda rows: kernel(rows, ready),
            RIDGE + FROM_READY: lambda rows: simple(rows, _ridge, start),
            KNN + FROM_READY: lambda rows: simple(rows, _neighbours, start),
            READY: lambda rows: Told(start, start, rows),
        }
    return found


def _ridge(raw: NDArray[np.float32], rest: NDArray[np.float32], every: NDArray[np.float32]) -> NDArray[np.float32]:
    """Linear regression, its penalty by leave-one-out."""
    from sklearn.linear_model import RidgeCV

    told: NDArray[np.float32] = RidgeCV((0.1, 0.3, 1.0, 3.0, 10.0, 30.0)).fit(raw, rest).predict(every)
    return told


def _neighbours(raw: NDArray[np.float32], rest: NDArray[np.float32], every: NDArray[np.float32]) -> NDArray[np.float32]:
    """The mean of the nearest ten that were asked."""
    from clioscope.vectors.neighbours import nearest

    told: NDArray[np.float32] = rest[nearest(every, raw, min(NEAREST, len(raw))).indices].mean(axis=1)
    return told


def _measure(corpus: AskedCorpus, told: Told, seed: int) -> Outcome:
    """Groups of 80 % of the labelled conversations, with what all of them say about neighbours."""
    from clioscope.clustering import cluster
    from clioscope.clustering.target import most_clusters
    from clioscope.measure.external import ami
    from clioscope.settings import ClusteringSettings, EmbeddingSettings
    from clioscope.vectors.centring import centre
    from clioscope.vectors.neighbours import nearest
    from clioscope.vectors.smoothing import smooth
    from clioscope.vectors.unit import unit_rows

    settings = EmbeddingSettings()
    rows = drawn(len(corpus.labelled), seed)
    grouped = corpus.labelled[rows]
    centred = centre(unit_rows(told.vectors, directed=True))[0]
    near = nearest(centred[grouped], centred, min(settings.smooth_neighbours + 1, len(centred))).indices[:, 1:]
    vectors = smooth(centred[grouped], near, centred, settings.smooth)
    truth, groups = corpus.truth[grouped], most_clusters(len(grouped))
    labels = cluster(vectors, ClusteringSettings(clusters=groups), seed).labels
    means = cluster(vectors, ClusteringSettings(method="kmeans", clusters=groups), seed).labels
    figures = grouping(labels, truth) | {"kmeans_ami": ami(means, truth)}
    # Of labelled ones alone: the ready-made map was learnt from the other conversations of ShareGPT.
    others = corpus.labelled if told.asked is None else np.setdiff1d(corpus.labelled, told.asked)
    if told.predicted is not None and len(others):
        figures["cosine"] = float((told.predicted[others] * corpus.own[others]).sum(axis=1).mean())
    return Outcome(figures, spread(labels, rows, len(corpus.labelled)))
