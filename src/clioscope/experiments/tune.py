"""Hyper-parameters: does a classical index or local coherence choose the settings that people would?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.errors import ClioscopeError
from clioscope.experiments.bench import Bench
from clioscope.experiments.data import EMBEDDED
from clioscope.experiments.experiment import Outcome, Variant, experiment
from clioscope.experiments.figures import grouping
from clioscope.experiments.results import Results

Settings = Mapping[str, Any]
Halves = Mapping[tuple[str, str], tuple[NDArray[np.float32], NDArray[np.float32]]]
CLASSICAL, LOCAL = "silhouette", ("knn_purity", "misplaced", "cohesion_p10")
OBJECTIVES = (CLASSICAL, *LOCAL)
UTTERANCE, BUILD = "utterance", " + ".join(EMBEDDED)
# Mean of the vectors of these: what a build embeds, and parts of it.
TEXTS = (BUILD, "request + field + text", "request + field", "request + text", "request", "field", "text")
_REDUCED = {"none": 0, "pca-32": 32, "pca-100": 100}


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
    lines += [found.versus(name, "defaults", "ami", name="held-out AMI") for name in names]
    groups = ", ".join(f"{found.mean(name, 'groups'):.0f} ({name})" for name in [*names, "defaults"])
    lines.append(f"Numbers of groups: {groups}; there are {found.mean('defaults', 'classes'):.0f} classes.")
    rho = ", ".join(f"{name.removeprefix('picked by ')} {found.mean(name, 'rho'):+.2f}" for name in names)
    lines.append(f"Over the trials the objectives correlate with AMI (Spearman): {rho}.")
    best = found.mean("best of all trials", "ami")
    lines.append(f"The best trial, chosen with labels, reaches {best:.3f} on the held-out half.")
    return " ".join(filter(None, lines))


@experiment(
    question="Which settings of vectors and clustering do a classical index and local coherence choose, do they "
    "agree, and which choice is nearer to the labels?",
    needs="CLINC150 or an atlas of labelled ShareGPT, one encoder or several (--embedder A --embedder B), optuna",
    costs="12 minutes on two cores",
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

    Tuned without labels on one half of the rows, measured on the other. All trials are judged in one space, the
    centred vectors of what a build embeds by the first encoder: judged in its own, smoothing would praise itself. Of
    the Pareto front the trial with the highest mean of scaled objectives is picked.

    Raises ClioscopeError where optuna is not installed.
    """
    halves, truths = _halves(bench)
    count = bench.few(8, 24)
    trials: dict[int, list[Trial]] = {}
    memory: dict[str, Trial] = {}
    classical: dict[int, tuple[Settings, NDArray[Any]]] = {}

    def study(objective: str, seed: int) -> list[Trial]:
        tuned = {name: half[0] for name, half in halves.items()}
        found = search(tuned, truths[0], objective, seed, count, memory)
        trials.setdefault(seed, []).extend(found)
        return found

    def held_out(settings: Settings, seed: int) -> tuple[dict[str, float], NDArray[Any]]:
        vectors, plain = halves[place(settings)][1], next(iter(halves.values()))[1]
        labels = group(vectors, settings, seed)
        figures = grouping(labels, truths[1]) | {"classes": float(len(np.unique(truths[1])))}
        figures["bootstrap_ari"] = stability(vectors, labels, settings, seed)
        return figures | {name: quality(plain, labels, name) for name in OBJECTIVES}, labels

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

    first = next(iter(halves))
    yield Variant("defaults", lambda seed: Outcome(held_out(defaults(first, len(truths[1])), seed)[0]))
    for objective in OBJECTIVES:
        yield Variant(f"picked by {objective}", lambda seed, objective=objective: picked(objective, seed))  # type: ignore[misc]
    yield Variant("best of all trials", oracle)


def _halves(bench: Bench) -> tuple[Halves, tuple[NDArray[Any], NDArray[Any]]]:
    """Vectors of both halves of the rows by (encoder, text), what a build embeds first, and the labels of both."""
    from clioscope.embedding.geometry import average

    if bench.data == "clinc150":
        whole = bench.utterances()
        columns, truth, texts = {UTTERANCE: whole.texts}, whole.truth, [UTTERANCE]
    else:
        talks = bench.conversations()
        columns, truth = talks.texts, talks.truth
        texts = [text for text in TEXTS if all(one in columns for one in text.split(" + "))]
    order = np.random.default_rng(0).permutation(len(truth))
    tuned, held = (np.sort(order[part::2]) for part in (0, 1))
    halves = {}
    for encoder in bench.embedders:
        encoded = {name: bench.encode(column, encoder) for name, column in columns.items()}
        for text in texts:
            vectors = average([encoded[one] for one in text.split(" + ")])
            halves[encoder, text] = vectors[tuned], vectors[held]
    return halves, (truth[tuned], truth[held])


def place(settings: Settings) -> tuple[str, str]:
    """Encoder and text, by which vectors are found."""
    return settings["embedder"], settings["text"]


def likeness(one: tuple[Settings, NDArray[Any]], other: tuple[Settings, NDArray[Any]]) -> dict[str, float]:
    """How alike two picks, settings and labels (n,), are."""
    from clioscope.measure.external import ari

    counts = [len(np.unique(labels)) for _, labels in (one, other)]
    return {
        "same_method": float(one[0]["method"] == other[0]["method"]),
        "groups_alike": float(max(counts) <= 1.1 * min(counts)),
        "ari_with_classical": ari(one[1], other[1]),
    }


class Trial(NamedTuple):
    """Settings that were tried: ``quality`` and ``stability`` (higher is better), ``groups``, and the ``ami`` that the
    search does not see."""

    settings: Settings
    quality: float
    stability: float
    groups: int
    ami: float


def search(
    vectors: Mapping[tuple[str, str], NDArray[np.float32]],
    truth: NDArray[Any],
    objective: str,
    seed: int,
    count: int,
    memory: dict[str, Trial],
) -> list[Trial]:
    """``count`` trials of Optuna's multi-objective TPE; ``memory`` keeps what was computed for the same settings."""
    try:
        import optuna
    except ImportError:
        raise ClioscopeError(
            'tune: needs optuna, which is not installed; pip install "clioscope[experiments]".'
        ) from None

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    plain = next(iter(vectors.values()))
    done: list[Trial] = []

    def objectives(trial: Any) -> tuple[float, float, float]:
        settings = suggest(trial, list(vectors), len(plain))
        key = repr((objective, sorted(settings.items())))
        if key not in memory:
            own = vectors[place(settings)]
            labels = group(own, settings, 0)
            other = next((memory[k] for o in OBJECTIVES if (k := repr((o, sorted(settings.items())))) in memory), None)
            stable = other.stability if other else stability(own, labels, settings, 0)
            from clioscope.measure.external import ami

            memory[key] = Trial(
                settings, quality(plain, labels, objective), stable, len(np.unique(labels)), ami(labels, truth)
            )
        done.append(memory[key])
        return done[-1].quality, done[-1].stability, float(done[-1].groups)

    sampler = optuna.samplers.TPESampler(seed=seed, n_startup_trials=min(10, count))
    study = optuna.create_study(directions=["maximize", "maximize", "minimize"], sampler=sampler)
    study.optimize(objectives, n_trials=count)
    return done


def suggest(trial: Any, spaces: list[tuple[str, str]], rows: int) -> dict[str, Any]:
    """The space: method and its parameters, reduction, smoothing, encoder, text."""
    method = trial.suggest_categorical("method", ["leiden", "kmeans", "ward"])
    found: dict[str, Any] = {"method": method}
    if method == "leiden":
        found["neighbours"] = trial.suggest_int("neighbours", 5, 40)
        found["resolution"] = trial.suggest_float("resolution", 0.5, 60.0, log=True)
        found["mutual"] = trial.suggest_float("mutual", 1.0, 8.0)
    else:
        found["groups"] = trial.suggest_int("groups", 5, max(6, rows // 8), log=True)
    found["reduction"] = trial.suggest_categorical("reduction", list(_REDUCED))
    found["smooth"] = trial.suggest_float("smooth", 0.0, 0.8)
    found["smooth_neighbours"] = trial.suggest_int("smooth_neighbours", 2, 16)
    for number, name in enumerate(("embedder", "text")):
        choices = list(dict.fromkeys(space[number] for space in spaces))
        found[name] = trial.suggest_categorical(name, choices) if len(choices) > 1 else choices[0]
    return found


def defaults(space: tuple[str, str], rows: int) -> dict[str, Any]:
    """What a build does when nothing is set."""
    from clioscope.clustering import default_clusters
    from clioscope.clustering.graph import MUTUAL
    from clioscope.settings import ClusteringSettings, EmbeddingSettings

    clustering, embedding = ClusteringSettings(), EmbeddingSettings()
    return {
        "method": clustering.method,
        "neighbours": clustering.neighbours,
        "groups": default_clusters(rows),
        "mutual": MUTUAL,
        "reduction": "none",
        "smooth": embedding.smooth,
        "smooth_neighbours": embedding.smooth_neighbours,
        "embedder": space[0],
        "text": space[1],
    }


def group(vectors: NDArray[np.float32], settings: Settings, seed: int, groups: int | None = None) -> NDArray[Any]:
    """Labels (n,) of centred, reduced and smoothed vectors; ``groups`` in place of the settings' own number."""
    from clioscope.clustering import cluster
    from clioscope.clustering.neighbours import knn
    from clioscope.embedding.geometry import centre, smooth, unit
    from clioscope.settings import ClusteringSettings

    made, _ = centre(vectors)
    dimension = min(_REDUCED[settings["reduction"]], *made.shape)
    if dimension:
        from sklearn.decomposition import PCA

        made = unit(PCA(dimension, random_state=0).fit_transform(made))
    near = knn(made, settings["smooth_neighbours"]).indices
    made = smooth(made, near, made, settings["smooth"])
    wanted = groups or settings.get("groups")
    if settings["method"] == "leiden":
        chosen = ClusteringSettings(
            neighbours=settings["neighbours"],
            resolution=None if wanted else settings["resolution"],
            clusters=wanted,
            options={"mutual": settings["mutual"]},
        )
    elif settings["method"] == "ward":
        chosen = ClusteringSettings(method="agglomerative", clusters=wanted)
    else:
        chosen = ClusteringSettings(method="kmeans", clusters=wanted, options={"starts": 1})
    return cluster(made, chosen, seed).labels


def quality(vectors: NDArray[np.float32], labels: NDArray[Any], objective: str) -> float:
    """The figure that is to be maximised (a share of faults: its negative), in the space of the plain, centred
    vectors."""
    from clioscope.embedding.geometry import centre
    from clioscope.measure import evaluate, metrics

    found = evaluate({"vectors": centre(vectors)[0], "labels": labels, "seed": 0}, [objective])
    sign = -1 if metrics.get(objective).better == "lower" else 1
    return sign * found[objective].value if objective in found else 0.0


def stability(vectors: NDArray[np.float32], labels: NDArray[Any], settings: Settings, seed: int) -> float:
    """Mean ARI of the groups with those of two samples of 80 %, by the same settings."""
    from clioscope.measure.external import ari

    values = []
    for number in range(2):
        rows = np.sort(
            np.random.default_rng(100 + seed + number).choice(len(vectors), round(0.8 * len(vectors)), replace=False)
        )
        values.append(ari(labels[rows], group(vectors[rows], settings, seed + number)))
    return float(np.mean(values))


def pick(trials: list[Trial]) -> Trial:
    """Of the trials that no other beats in everything, the one with the highest mean of objectives scaled to 0 … 1;
    few groups by their logarithm, since from 20 to 40 is as far as from 100 to 200."""
    table = np.array([[one.quality, one.stability, -np.log(one.groups)] for one in trials])
    wide = np.ptp(table, axis=0)
    scaled = (table - table.min(axis=0)) / np.where(wide > 0, wide, 1)
    beaten = np.array([bool(((table >= row).all(axis=1) & (table > row).any(axis=1)).any()) for row in table])
    score = np.where(beaten, -np.inf, scaled.mean(axis=1))
    return trials[int(score.argmax())]
