"""What measuring costs, and which label-free figure can be trusted to choose a clustering.

    python benchmarks/measure.py scale [--rows 100000]
    python benchmarks/measure.py clinc [--cache FOLDER] [--no-stability]

``scale``: all label-free, model-free figures of made vectors (those of ``scale.py``; 384 dimensions, as many groups as
a build would aim at, a flat map), by family: seconds on the clock, seconds of the processor, peak memory.

``clinc``: CLINC150 test (4,500 utterances, 150 intents, MiniLM) grouped by many methods x settings x seeds; for each
label-free figure its Spearman correlation with AMI, over all of them and, averaged, among those of equal number of
groups asked for, with 95 % intervals by resampling the clusterings. Signs are turned so that + means: chooses well.
Needs ../shared/data/clinc150. What was computed stays in the cache folder, so an interrupted run goes on.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clioscope import measure
from clioscope.clustering import cluster, default_clusters
from clioscope.measure.stability import refits
from clioscope.settings import ClusteringSettings, EmbeddingSettings

DATA = Path(__file__).parents[1] / "../shared/data/clinc150/utterances.jsonl"
SIZES = (20, 50, 100, 150, 250, 400)


def by_method(settings: ClusteringSettings) -> Any:
    """A refit for stability: the same method, as many groups as asked for."""

    def refit(vectors: NDArray[Any], count: int, seed: int) -> NDArray[Any]:
        return cluster(vectors, settings.model_copy(update={"clusters": count}), seed).labels

    return refit


# -- what it costs --------------------------------------------------------------------------------------------


def scale(given: argparse.Namespace) -> None:
    from scale import mixture

    from clioscope.measure.arrays import Arrays
    from clioscope.measure.noise import to_nearest

    vectors, topics = mixture(given.rows)
    labels = to_nearest(topics, vectors)
    centred = vectors - vectors.mean(axis=0)
    axes = np.linalg.svd(centred[:: max(1, len(vectors) // 5000)], full_matrices=False)[2][:2]
    arrays = {
        "vectors": vectors,
        "labels": labels,
        "places": centred @ axes.T,
        "refit": by_method(ClusteringSettings()),
        "seed": 0,
    }
    print(f"{len(vectors):,} rows, {labels.max() + 1:,} groups (default {default_clusters(len(vectors)):,})")
    given = Arrays(arrays)
    families: dict[str, list[str]] = {name: [] for name in ("geometry", "coherence", "map", "stability")}
    for name in measure.metrics.names():
        families.get(measure.metrics.get(name).family, []).append(name)
    clock, cpu = time.perf_counter(), time.process_time()
    for family, names in families.items():
        began, used = time.perf_counter(), time.process_time()
        found = measure.evaluate(given, names)
        print(
            f"{family:<12}{time.perf_counter() - began:>8.1f} s clock {time.process_time() - used:>8.1f} s processor   "
            + ", ".join(f"{name} {figure.value:.3f}" for name, figure in found.items()),
            flush=True,
        )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9
    print(
        f"{'all':<12}{time.perf_counter() - clock:>8.1f} s clock {time.process_time() - cpu:>8.1f} s processor   "
        f"peak {peak:.2f} GB (vectors {vectors.nbytes / 1e9:.2f} GB)"
    )


# -- which figure to trust ------------------------------------------------------------------------------------


def clusterings() -> Iterator[tuple[str, ClusteringSettings, int]]:
    """Methods x settings x seeds."""

    def made(name: str, seed: int = 0, **settings: Any) -> tuple[str, ClusteringSettings, int]:
        return f"{name} seed {seed}", ClusteringSettings(**settings), seed

    quick = {"trials": 1, "iterations": 2}  # many groupings are wanted here, not the best
    for count in SIZES:
        for seed in (0, 1):
            yield made(f"leiden {count}", seed, method="leiden", clusters=count, options=quick)
            yield made(f"kmeans {count}", seed, method="kmeans", clusters=count)
        for linkage in ("ward", "average", "complete"):
            options = {"linkage": linkage}
            yield made(f"{linkage} {count}", method="agglomerative", clusters=count, options=options)
    for count in SIZES[1:4]:
        for neighbours in (6, 40):
            yield made(
                f"leiden-k{neighbours} {count}", method="leiden", clusters=count, neighbours=neighbours, options=quick
            )
    for resolution in (0.5, 1, 2, 4, 8, 16, 32, 64):
        options = {**quick, "mutual": 1}  # the plain graph
        yield made(f"leiden-plain r{resolution}", method="leiden", resolution=resolution, options=options)
    for least in (4, 8):
        for selection in ("leaf", "eom"):
            options = {"min_cluster_size": least, "selection": selection}
            yield made(f"hdbscan-{selection} {least}", method="hdbscan", options=options)
    for samples in (3, 5, 10):
        for share in (0.3, 0.6):
            options = {"min_samples": samples, "share": share}
            yield made(f"dbscan-{share} {samples}", method="dbscan", options=options)


def clinc(given: argparse.Namespace) -> None:
    rows = [json.loads(line) for line in DATA.open(encoding="utf-8")]
    rows = [row for row in rows if row["split"] == "test"]
    truth = np.unique([row["intent"] for row in rows], return_inverse=True)[1]
    given.cache.mkdir(parents=True, exist_ok=True)
    vectors = _vectors([row["text"] for row in rows], given.cache / "clinc150-test.npy")
    book = given.cache / "clinc150-figures.jsonl"
    done = {one["name"]: one for one in map(json.loads, book.open())} if book.exists() else {}
    for name, settings, seed in clusterings():
        if name in done and (given.no_stability or "stability_jaccard" in done[name]["figures"]):
            continue
        labels = cluster(vectors, settings, seed).labels
        arrays: dict[str, Any] = {"vectors": vectors, "labels": labels, "seed": 0}
        figures = done[name]["figures"] if name in done else {}
        wanted = None
        if not given.no_stability:
            arrays["refitted"] = refits(vectors, labels, by_method(settings), draws=2, seeds=2, most=given.most)
            if figures:  # all but stability is known
                wanted = [one for one in measure.metrics.names() if measure.metrics.get(one).family == "stability"]
        figures = figures | {one: figure.value for one, figure in measure.evaluate(arrays, wanted).items()}
        against = measure.against_labels(labels, truth)
        done[name] = {"name": name, "groups": int(labels.max()) + 1, "figures": figures, "against": against}
        with book.open("a") as file:
            file.write(json.dumps(done[name]) + "\n")
        print(f"{name:<26} k {labels.max() + 1:>4}  AMI {against['ami']:.3f}", flush=True)
    _table([done[name] for name, _, _ in clusterings() if name in done])


def _vectors(texts: list[str], cached: Path) -> NDArray[np.float32]:
    from clioscope.embedding.encode import encode_texts
    from clioscope.embedding.open import open_embedder

    if not cached.exists():
        np.save(cached, encode_texts(texts, open_embedder(EmbeddingSettings()), None))
    found: NDArray[np.float32] = np.load(cached)
    return found


def _table(rows: list[dict[str, Any]]) -> None:
    """Rank correlations with AMI, with bootstrap intervals over clusterings, as a table in Markdown."""
    target = np.array([row["against"]["ami"] for row in rows])
    asked = [row["name"].split()[1] if row["name"].split()[0] in _COUNTED else "" for row in rows]
    print(f"\n{len(rows)} clusterings, AMI {target.min():.3f} to {target.max():.3f}\n")
    print("| figure | over all | at equal number of groups | AMI of the one it would choose |")
    print("|---|---|---|---|")
    lines = []
    for name in sorted({one for row in rows for one in row["figures"]}):
        metric = measure.metrics.get(name)
        sign = -1.0 if metric.better == "lower" else 1.0
        values = sign * np.array([row["figures"].get(name, np.nan) for row in rows])
        known = np.isfinite(values)
        if known.sum() < 10 or np.ptp(values[known]) == 0:
            continue
        over = with_interval(values[known], target[known], np.zeros(known.sum()))
        same = known & np.isin(asked, [str(count) for count in SIZES])
        within = with_interval(values[same], target[same], np.array(asked)[same])
        chosen = target[known][values[known].argmax()]
        label = name + (" (no direction)" if metric.better == "neither" else "")
        lines.append((over, label, within, f"{chosen:.3f}"))
    for over, label, within, chosen in sorted(lines, reverse=True):
        print(f"| {label} | {_said(over)} | {_said(within)} | {chosen} |")


def with_interval(
    values: NDArray[Any], target: NDArray[Any], strata: NDArray[Any], draws: int = 1000
) -> tuple[float, float, float]:
    """Spearman correlation within each stratum of at least five, averaged; and the percentiles 2.5 and 97.5 of
    resamples of the clusterings, drawn within strata. NaN where no stratum has five that differ."""

    def correlation(values: NDArray[Any], target: NDArray[Any]) -> float:
        one, other = rankdata(values), rankdata(target)
        return float(np.corrcoef(one, other)[0, 1]) if np.ptp(one) > 0 and np.ptp(other) > 0 else np.nan

    from scipy.stats import rankdata

    rows = [np.flatnonzero(strata == stratum) for stratum in np.unique(strata)]
    rows = [one for one in rows if len(one) >= 5 and np.ptp(values[one]) > 0]
    if not rows:
        return np.nan, np.nan, np.nan
    generator = np.random.default_rng(0)
    found = []
    for _ in range(draws):
        drawn = [correlation(values[some], target[some]) for some in (generator.choice(one, len(one)) for one in rows)]
        known = [one for one in drawn if np.isfinite(one)]
        found.append(np.mean(known) if known else np.nan)
    low, high = np.nanquantile(found, [0.025, 0.975])
    return float(np.mean([correlation(values[one], target[one]) for one in rows])), float(low), float(high)


def _said(found: tuple[float, float, float]) -> str:
    value, low, high = found
    return f"{value:+.2f} ({low:+.2f} to {high:+.2f})" if np.isfinite(value) else ""


_COUNTED = ("leiden", "kmeans", "ward", "average", "complete", "leiden-k6", "leiden-k40")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(required=True)
    one = commands.add_parser("scale")
    one.add_argument("--rows", type=int, default=100_000)
    one.set_defaults(run=scale)
    two = commands.add_parser("clinc")
    two.add_argument("--cache", type=Path, default=Path("measure-cache"))
    two.add_argument("--no-stability", action="store_true")
    two.add_argument("--most", type=int, default=3600, help="rows a refit of stability")
    two.set_defaults(run=clinc)
    given = parser.parse_args()
    given.run(given)


if __name__ == "__main__":
    main()
