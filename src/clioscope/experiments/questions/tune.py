"""Hyper-parameters: does a classical index or local coherence choose settings that agree with people's labels?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clioscope.experiments.bench import Bench
from clioscope.experiments.data import EMBEDDED
from clioscope.experiments.draws import HALVES
from clioscope.experiments.experiment import Outcome, Variant, experiment
from clioscope.experiments.figures import grouping
from clioscope.experiments.results import Results
from clioscope.experiments.settings_search import (
    CLASSICAL,
    OBJECTIVES,
    Settings,
    Trial,
    defaults,
    group,
    pick,
    quality,
    search,
    space_of,
    stability,
)
from clioscope.measure.group_counts import STEPS

USUAL, RUNG = "defaults", "defaults, number of groups by silhouette"
UTTERANCE, BUILD = "utterance", " + ".join(EMBEDDED)
# Mean of the vectors of these: what a build embeds, and parts of it.
TEXTS = (BUILD, "request + field + text", "request + field", "request + text", "request", "field", "text")


def _conclude(results: Results) -> str:
    every = [f"picked by {name}" for name in OBJECTIVES]
    names = [name for name in every if name in results.variants()]
    first, others = names[0], names[1:]
    trials = results.mean(first, "trials")
    lines = [
        f"{len(results.values(first, 'ami'))} seeds{f' of {trials:.0f} trials a search' if trials == trials else ''}; "
        "a pick weighs quality, stability and few groups (by the logarithm of their number) alike."
    ]
    lines += [
        f"{first} and {name} choose the same method in {results.mean(name, 'same_method'):.0%} of the seeds, and "
        f"numbers of groups within a tenth in {results.mean(name, 'groups_alike'):.0%}; their groups of the "
        f"held-out half have ARI {results.mean(name, 'ari_with_classical'):.3f}."
        for name in others
        if results.values(name, "same_method")
    ]
    lines += [results.versus(first, name, "ami", name="held-out AMI") for name in others]
    lines += [results.versus(name, USUAL, "ami", name="held-out AMI") for name in [RUNG, *names]]
    groups = ", ".join(f"{results.mean(name, 'groups'):.0f} ({name})" for name in [*names, RUNG, USUAL])
    lines.append(f"Numbers of groups: {groups}; there are {results.mean(USUAL, 'classes'):.0f} classes.")
    rho = ", ".join(f"{name.removeprefix('picked by ')} {results.mean(name, 'rho'):+.2f}" for name in names)
    lines.append(f"Spearman correlation of the objectives with AMI over the trials: {rho}.")
    best = results.mean("best of all trials", "ami")
    lines.append(f"The best trial, chosen with labels, has AMI {best:.3f} on the held-out half.")
    return " ".join(filter(None, lines))


@experiment(
    question="Which settings of vectors and clustering do a classical index and local coherence choose, do they "
    "agree, and which choice is nearer to the labels?",
    needs="CLINC150 or an atlas of labelled ShareGPT, one encoder or several (--embedder A --embedder B), optuna",
    costs="5 minutes on two cores, a few seconds on conversations",
    conclude=_conclude,
    data=("clinc150", "sharegpt-labelled"),
    show=(
        "ami",
        "ari",
        "v_measure",
        "matching_accuracy",
        "groups",
        "same_method",
        "groups_alike",
        "ari_with_classical",
        "bootstrap_ari",
        "rho",
        "trials",
        "seconds",
    ),
)
def tune(bench: Bench) -> Iterator[Variant]:
    """Optuna (Akiba et al., KDD 2019) with three objectives: quality, stability over samples, few groups. Quality is
    the silhouette (classical), or a measure of local coherence: the purity of neighbourhoods, the share of rows that
    are not misplaced, or the cohesion of the loosest groups. ``same_method``, ``groups_alike`` (within a tenth) and
    ``ari_with_classical`` compare a pick with the pick by silhouette under the same seed.

    The search sees no labels and one half of the rows, which the seed draws; picks are measured on the other half. All
    trials are judged in one space, the centred vectors of what a build embeds by the first encoder: in its own space
    smoothing would praise itself. The pick is the trial of the Pareto front with the highest mean of scaled objectives.
    Picks are compared with the defaults, and with the defaults under the one of five numbers of groups (those of
    ``clioscope ladder``) that has the highest silhouette.

    Raises ClioscopeError where optuna is not installed.
    """
    vectors, truth = _vectors(bench)
    first = next(iter(vectors))
    count = bench.few(8, 24)
    trials: dict[int, list[Trial]] = {}
    memory: dict[int, dict[str, Trial]] = {}
    classical: dict[int, tuple[Settings, NDArray[Any]]] = {}

    def study(objective: str, seed: int) -> list[Trial]:
        rows, _ = _halves(len(truth), seed)
        own = {space: rows_of_all[rows] for space, rows_of_all in vectors.items()}
        tried = search(own, truth[rows], objective, seed, count, memory.setdefault(seed, {}))
        trials.setdefault(seed, []).extend(tried)
        return tried

    def held_out(settings: Settings, seed: int) -> tuple[dict[str, float], NDArray[Any]]:
        _, rows = _halves(len(truth), seed)
        own = vectors[space_of(settings)][rows]
        labels = group(own, settings, seed)
        figures = grouping(labels, truth[rows]) | {"classes": float(len(np.unique(truth[rows])))}
        figures["bootstrap_ari"] = stability(own, labels, settings, seed)
        return figures | {name: quality(vectors[first][rows], labels, name) for name in OBJECTIVES}, labels

    def by_default(seed: int) -> Outcome:
        return Outcome(held_out(defaults(first, len(truth) // 2), seed)[0])

    def rung(seed: int) -> Outcome:
        own = vectors[first][_halves(len(truth), seed)[0]]
        usual = defaults(first, len(own))
        numbers = [max(2, round(step * usual["groups"])) for step in STEPS]
        qualities = {number: quality(own, group(own, usual, seed, number), CLASSICAL) for number in numbers}
        return Outcome(held_out({**usual, "groups": max(qualities, key=qualities.__getitem__)}, seed)[0])

    def picked(objective: str, seed: int) -> Outcome:
        from scipy.stats import spearmanr

        tried = study(objective, seed)
        best = pick(tried)
        figures, labels = held_out(best.settings, seed)
        values = [trial.quality for trial in tried]
        rho = spearmanr(values, [trial.ami for trial in tried]).statistic if np.ptp(values) else 0.0
        figures |= {"rho": float(rho), "trials": float(count)}
        if objective == CLASSICAL:
            classical[seed] = best.settings, labels
        else:
            figures |= likeness((best.settings, labels), classical[seed])
        note = ", ".join(
            f"{name} {value:.3g}" if isinstance(value, float) else f"{name} {value}"
            for name, value in best.settings.items()
        )
        return Outcome(figures, note=note)

    def oracle(seed: int) -> Outcome:
        best = max(trials[seed], key=lambda trial: trial.ami)
        return Outcome(held_out(best.settings, seed)[0])

    yield Variant(USUAL, by_default, redrawn=HALVES)
    yield Variant(RUNG, rung, redrawn=HALVES)
    for objective in OBJECTIVES:
        yield Variant(f"picked by {objective}", lambda seed, o=objective: picked(o, seed), redrawn=HALVES)  # type: ignore[misc]
    yield Variant("best of all trials", oracle, redrawn=HALVES)


def _vectors(bench: Bench) -> tuple[dict[tuple[str, str], NDArray[np.float32]], NDArray[Any]]:
    """The vectors (n, d) of all rows by (encoder, text), and the labels (n,). What a build embeds comes first."""
    from clioscope.vectors.unit import average

    if bench.data == "clinc150":
        whole = bench.utterances()
        columns, truth, texts = {UTTERANCE: whole.texts}, whole.truth, [UTTERANCE]
    else:
        talks = bench.conversations()
        columns, truth = talks.texts, talks.truth
        texts = [text for text in TEXTS if all(name in columns for name in text.split(" + "))]
    vectors = {}
    for encoder in bench.embedders:
        encoded = {name: bench.encode(column, encoder) for name, column in columns.items()}
        for text in texts:
            vectors[encoder, text] = average([encoded[name] for name in text.split(" + ")])
    return vectors, truth


def _halves(count: int, seed: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The rows to tune on, and the rows to measure on."""
    order = np.random.default_rng(seed).permutation(count)
    return np.sort(order[::2]), np.sort(order[1::2])


def likeness(first: tuple[Settings, NDArray[Any]], second: tuple[Settings, NDArray[Any]]) -> dict[str, float]:
    """How alike two picks are. A pick is its settings and its labels (n,)."""
    from clioscope.measure.external import ari

    counts = [len(np.unique(labels)) for _, labels in (first, second)]
    return {
        "same_method": float(first[0]["method"] == second[0]["method"]),
        "groups_alike": float(max(counts) <= 1.1 * min(counts)),
        "ari_with_classical": ari(first[1], second[1]),
    }
