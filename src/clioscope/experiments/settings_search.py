"""A search for settings of vectors and clustering that does not see labels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.errors import ClioscopeError

Settings = Mapping[str, Any]
CLASSICAL, LOCAL = "silhouette", ("knn_purity", "misplaced", "cohesion_p10")
OBJECTIVES = (CLASSICAL, *LOCAL)
_REDUCED = {"none": 0, "pca-32": 32, "pca-100": 100}


def space_of(settings: Settings) -> tuple[str, str]:
    """The encoder and the text of the settings: the key of their vectors."""
    return settings["embedder"], settings["text"]


class Trial(NamedTuple):
    """Settings that were tried: their ``quality`` and ``stability`` (higher is better), their number of ``groups``, and
    the ``ami`` with the labels, which the search does not see."""

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
    """``count`` trials of Optuna's multi-objective TPE. ``memory`` keeps trials by their settings.

    Raises ClioscopeError where optuna is not installed.
    """
    try:
        import optuna
    except ImportError:
        raise ClioscopeError(
            'The experiment "tune" needs optuna, which is not installed; pip install "clioscope[experiments]".'
        ) from None

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    plain = next(iter(vectors.values()))
    done: list[Trial] = []

    def objectives(trial: Any) -> tuple[float, float, float]:
        settings = suggest(trial, list(vectors), len(plain))
        key = repr((objective, sorted(settings.items())))
        if key not in memory:
            own = vectors[space_of(settings)]
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
    """Settings for a trial: method and its parameters, reduction, smoothing, encoder, text."""
    method = trial.suggest_categorical("method", ["leiden", "kmeans", "ward"])
    suggested: dict[str, Any] = {"method": method}
    if method == "leiden":
        suggested["neighbours"] = trial.suggest_int("neighbours", 5, 40)
        suggested["resolution"] = trial.suggest_float("resolution", 0.5, 60.0, log=True)
        suggested["mutual"] = trial.suggest_float("mutual", 1.0, 8.0)
    else:
        suggested["groups"] = trial.suggest_int("groups", 5, max(6, rows // 8), log=True)
    suggested["reduction"] = trial.suggest_categorical("reduction", list(_REDUCED))
    suggested["smooth"] = trial.suggest_float("smooth", 0.0, 0.8)
    suggested["smooth_neighbours"] = trial.suggest_int("smooth_neighbours", 2, 16)
    for number, name in enumerate(("embedder", "text")):
        choices = list(dict.fromkeys(space[number] for space in spaces))
        suggested[name] = trial.suggest_categorical(name, choices) if len(choices) > 1 else choices[0]
    return suggested


def defaults(space: tuple[str, str], rows: int) -> dict[str, Any]:
    """The settings of a build when the user sets nothing."""
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
    """Labels (n,) of centred, reduced and smoothed vectors. ``groups`` replaces the number that the settings have."""
    from clioscope.clustering import cluster
    from clioscope.settings import ClusteringSettings
    from clioscope.vectors.centring import centre
    from clioscope.vectors.neighbours import knn
    from clioscope.vectors.smoothing import smooth
    from clioscope.vectors.unit import unit_rows

    made, _ = centre(vectors)
    dimension = min(_REDUCED[settings["reduction"]], *made.shape)
    if dimension:
        from sklearn.decomposition import PCA

        made = unit_rows(PCA(dimension, random_state=0).fit_transform(made), directed=True)
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
    """The figure to be maximised, in the space of the plain, centred vectors. A share of faults counts negatively."""
    from clioscope.measure import evaluate, metrics
    from clioscope.vectors.centring import centre

    figures = evaluate({"vectors": centre(vectors)[0], "labels": labels, "seed": 0}, [objective])
    sign = -1 if metrics.get(objective).better == "lower" else 1
    return sign * figures[objective].value if objective in figures else 0.0


def stability(vectors: NDArray[np.float32], labels: NDArray[Any], settings: Settings, seed: int) -> float:
    """The mean ARI of the groups with those of two samples of 80 % under the same settings."""
    from clioscope.measure.external import ari

    values = []
    for number in range(2):
        rows = np.sort(
            np.random.default_rng(100 + seed + number).choice(len(vectors), round(0.8 * len(vectors)), replace=False)
        )
        values.append(ari(labels[rows], group(vectors[rows], settings, seed + number)))
    return float(np.mean(values))


def pick(trials: list[Trial]) -> Trial:
    """The trial with the highest mean of its objectives, each scaled to 0 … 1, among those that no other trial beats in
    everything. The number of groups counts by its logarithm, since from 20 to 40 is as far as from 100 to 200."""
    table = np.array([[trial.quality, trial.stability, -np.log(trial.groups)] for trial in trials])
    wide = np.ptp(table, axis=0)
    scaled = (table - table.min(axis=0)) / np.where(wide > 0, wide, 1)
    beaten = np.array([bool(((table >= row).all(axis=1) & (table > row).any(axis=1)).any()) for row in table])
    score = np.where(beaten, -np.inf, scaled.mean(axis=1))
    return trials[int(score.argmax())]
