"""Hyper-parameters: does a classical index or local coherence choose the settings that people would?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clioscope.experiments.bench import Bench
from clioscope.experiments.data import EMBEDDED, HALVES
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
    place,
    quality,
    search,
    stability,
)
from clioscope.measure.group_counts import STEPS

USUAL, RUNG = "defaults", "defaults, number of groups by silhouette"
UTTERANCE, BUILD = "utterance", " + ".join(EMBEDDED)
# Mean of the vectors of these: what a build embeds, and parts of it.
TEXTS = (BUILD, "request + field + text", "request + field", "request + text", "request", "field", "text")


def _conclude(found: Results) -> str:
    every = [f"picked by {name}" for name in OBJECTIVES]
    names = [name for name in every if name in found.variants()]
    first, others = names[0], names[1:]
    trials = found.mean(first, "trials")
    lines = [
        f"{len(found.values(first, 'ami'))} seeds{f' of {trials:.0f} trials a search' if trials == trials else ''}; "
        "the pick weighs its quality, stability and few groups (their logarithm) alike."
    ]
    lines += [
        f"Do {first} and {name} agree? On the method in {found.mean(name, 'same_method'):.0%} of the seeds, on the "
        f"number of groups within a tenth in {found.mean(name, 'groups_alike'):.0%}; their groups of the held-out half "
        f"have ARI {found.mean(name, 'ari_with_classical'):.3f}."
        for name in others
        if found.values(name, "same_method")
    ]
    lines += [found.versus(first, name, "ami", name="held-out AMI") for name in others]
    lines += [found.versus(name, USUAL, "ami", name="held-out AMI") for name in [RUNG, *names]]
    groups = ", ".join(f"{found.mean(name, 'groups'):.0f} ({name})" for name in [*names, RUNG, USUAL])
    lines.append(f"Numbers of groups: {groups}; there are {found.mean(USUAL, 'classes'):.0f} classes.")
    rho = ", ".join(f"{name.removeprefix('picked by ')} {found.mean(name, 'rho'):+.2f}" for name in names)
    lines.append(f"Over the trials the objectives correlate with AMI (Spearman): {rho}.")
    best = found.mean("best of all trials", "ami")
    lines.append(f"The best trial, chosen with labels, reaches {best:.3f} on the held-out half.")
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
    """Optuna (Akiba et al., KDD 2019), three objectives: quality, stability over samples, few groups. Quality is the
    silhouette (classical), or the purity of neighbourhoods, the share that is not misplaced, or the cohesion of the
    loosest groups (local coherence). ``same_method``, ``groups_alike`` (within a tenth), ``ari_with_classical``: the
    pick against that by silhouette under the same seed.

    Tuned without labels on one half of the rows, which every seed draws anew, measured on the other. All trials are
    judged in one space, the centred vectors of what a build embeds by the first encoder: judged in its own, smoothing
    would praise itself. Of the Pareto front the trial with the highest mean of scaled objectives is picked. Beside the
    search stand the defaults, and the defaults with that one of five numbers of groups (those of ``clioscope ladder``)
    which has the highest silhouette.

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
        own = {name: one[rows] for name, one in vectors.items()}
        found = search(own, truth[rows], objective, seed, count, memory.setdefault(seed, {}))
        trials.setdefault(seed, []).extend(found)
        return found

    def held_out(settings: Settings, seed: int) -> tuple[dict[str, float], NDArray[Any]]:
        _, rows = _halves(len(truth), seed)
        own = vectors[place(settings)][rows]
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
        found = {number: quality(own, group(own, usual, seed, number), CLASSICAL) for number in numbers}
        return Outcome(held_out({**usual, "groups": max(found, key=found.__getitem__)}, seed)[0])

    def picked(objective: str, seed: int) -> Outcome:
        from scipy.stats import spearmanr

        found = study(objective, seed)
        best = pick(found)
        figures, labels = held_out(best.settings, seed)
        values = [one.quality for one in found]
        rho = spearmanr(values, [one.ami for one in found]).statistic if np.ptp(values) else 0.0
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
        best = max(trials[seed], key=lambda one: one.ami)
        return Outcome(held_out(best.settings, seed)[0])

    yield Variant(USUAL, by_default, redrawn=HALVES)
    yield Variant(RUNG, rung, redrawn=HALVES)
    for objective in OBJECTIVES:
        yield Variant(f"picked by {objective}", lambda seed, o=objective: picked(o, seed), redrawn=HALVES)  # type: ignore[misc]
    yield Variant("best of all trials", oracle, redrawn=HALVES)


def _vectors(bench: Bench) -> tuple[dict[tuple[str, str], NDArray[np.float32]], NDArray[Any]]:
    """Vectors (n, d) of all rows by (encoder, text), what a build embeds first, and their labels."""
    from clioscope.vectors.unit import average

    if bench.data == "clinc150":
        whole = bench.utterances()
        columns, truth, texts = {UTTERANCE: whole.texts}, whole.truth, [UTTERANCE]
    else:
        talks = bench.conversations()
        columns, truth = talks.texts, talks.truth
        texts = [text for text in TEXTS if all(one in columns for one in text.split(" + "))]
    found = {}
    for encoder in bench.embedders:
        encoded = {name: bench.encode(column, encoder) for name, column in columns.items()}
        for text in texts:
            found[encoder, text] = average([encoded[one] for one in text.split(" + ")])
    return found, truth


def _halves(count: int, seed: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows to tune on, and the others."""
    order = np.random.default_rng(seed).permutation(count)
    return np.sort(order[::2]), np.sort(order[1::2])


def likeness(one: tuple[Settings, NDArray[Any]], other: tuple[Settings, NDArray[Any]]) -> dict[str, float]:
    """How alike two picks, settings and labels (n,), are."""
    from clioscope.measure.external import ari

    counts = [len(np.unique(labels)) for _, labels in (one, other)]
    return {
        "same_method": float(one[0]["method"] == other[0]["method"]),
        "groups_alike": float(max(counts) <= 1.1 * min(counts)),
        "ari_with_classical": ari(one[1], other[1]),
    }
