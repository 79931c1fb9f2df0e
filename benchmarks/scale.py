"""Seconds and memory of everything after the vectors, by size: 10,000, 30,000 and 100,000 vectors of 384 dimensions.

    python benchmarks/scale.py [--sizes 10000 30000 100000] [--million] [--layout umap] [--skip layout]

The vectors are made, not encoded: a mixture that looks like sentence embeddings to these stages. As many topics as
the default aims at base groups, sizes by Zipf's law, in twelve domains; a direction common to all (sentence vectors
are not centred), low-rank and isotropic noise; one row in ten lies between two topics and one in fifty is a twin of
another. Time and memory are what they are good for; the agreement with the topics is printed as a check that work
was done, and is easier to reach than on real text.

Each stage reports its seconds, and the peak of the process's memory while it ran (vectors included). The first line
is what numba compiles once a process. The last column is the exponent e of time ~ rows^e.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clioscope.settings import Settings

DIMENSIONS = 384
State = dict[str, Any]


def mixture(rows: int, seed: int = 0) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Unit vectors (rows, 384) and their topics; topic -1 for rows between two topics."""
    from clioscope.clustering import default_clusters

    rng = np.random.default_rng(seed)
    topics = default_clusters(rows)
    common = rng.normal(size=DIMENSIONS)
    domains = rng.normal(size=(12, DIMENSIONS))
    centres = 0.7 * domains[rng.integers(12, size=topics)] + rng.normal(size=(topics, DIMENSIONS))
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    share = 1 / np.arange(1, topics + 1) ** 0.8
    topic = rng.choice(topics, size=rows, p=share / share.sum())
    nuisance = rng.normal(size=(40, DIMENSIONS)) / math.sqrt(DIMENSIONS)
    vectors = np.empty((rows, DIMENSIONS), dtype=np.float32)
    between = rng.random(rows) < 0.1
    other = rng.integers(topics, size=rows)
    for start in range(0, rows, 50_000):  # float64 by blocks
        part = slice(start, start + 50_000)
        block = centres[topic[part]]
        block = np.where(between[part, None], (block + centres[other[part]]) / 2, block)
        block = block + 0.55 * common / np.linalg.norm(common)
        block = block + 0.12 * rng.normal(size=(len(block), 40)) @ nuisance
        block = block + 0.75 * rng.normal(size=block.shape) / math.sqrt(DIMENSIONS)
        vectors[part] = block / np.linalg.norm(block, axis=1, keepdims=True)
    twins = rng.random(rows) < 0.02
    source = rng.integers(rows, size=int(twins.sum()))
    vectors[twins], topic[twins], between[twins] = vectors[source], topic[source], between[source]
    return vectors, np.where(between, -1, topic)


def geometry(state: State) -> None:
    """Centre and smooth, as the pipeline does before grouping."""
    from clioscope.vectors.centring import centre
    from clioscope.vectors.neighbours import knn
    from clioscope.vectors.smoothing import smooth

    settings = state["settings"].embedding
    centred, _ = centre(state["vectors"])
    near = knn(centred, settings.smooth_neighbours, 0).indices
    state["vectors"] = smooth(centred, near, centred, settings.smooth)


def graph(state: State) -> None:
    """Distinct rows, nearest neighbours, weighted graph."""
    from clioscope.clustering.leiden import LeidenOptions, neighbour_graph
    from clioscope.vectors.distinct import distinct_rows

    state["distinct"] = distinct_rows(state["vectors"])
    state["options"] = LeidenOptions()
    state["graph"] = neighbour_graph(state["distinct"].vectors, state["settings"].clustering, state["options"], 0)


def resolution(state: State) -> None:
    """The resolution that gives the default number of groups."""
    from clioscope.clustering.leiden import find_resolution
    from clioscope.clustering.target import default_clusters

    target = default_clusters(len(state["distinct"].vectors))
    state["resolution"] = find_resolution(state["graph"], target, state["options"], 0)


def groups(state: State) -> None:
    """Leiden, centroids, margins."""
    from clioscope.clustering.cluster import broadcast, finish
    from clioscope.clustering.leiden import partition

    points = state["distinct"].vectors
    part = partition(points, state["graph"], state["resolution"], state["options"], 0)
    state["clustering"] = broadcast(finish(points, part), state["distinct"], np.ones(len(points), dtype=np.bool_))


def tree(state: State) -> None:
    """Levels above the base groups."""
    from clioscope.hierarchy.levels import level_sizes
    from clioscope.hierarchy.linkage import linkage_levels

    found = state["clustering"]
    sizes = level_sizes(len(found.centroids), len(found.labels))
    state["levels"] = linkage_levels(found.centroids, np.bincount(found.labels), sizes)


def layout(state: State) -> None:
    """Two dimensions."""
    from clioscope.layout import project

    state["places"] = project(state["vectors"], state["settings"].layout, 0)


STAGES: dict[str, Callable[[State], None]] = {
    "geometry": geometry,
    "graph": graph,
    "resolution": resolution,
    "groups": groups,
    "tree": tree,
    "layout": layout,
}


def compile_once(settings: Settings, skip: list[str]) -> None:
    """Make numba compile what the stages use."""
    if "layout" not in skip:
        layout({"vectors": mixture(2000)[0], "settings": settings})


def measured(work: Callable[[], None]) -> tuple[float, float]:
    """Seconds, and peak resident memory in GB while it ran."""
    with suppress(OSError):  # without the right to it, the peak is that of the process so far
        Path("/proc/self/clear_refs").write_text("5")  # forget the peak so far
    start = time.perf_counter()
    work()
    seconds = time.perf_counter() - start
    lines = Path("/proc/self/status").read_text().splitlines()
    peak = next(line for line in lines if line.startswith("VmHWM"))
    return seconds, int(peak.split()[1]) * 1024 / 1e9


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 30_000, 100_000])
    parser.add_argument("--million", action="store_true", help="a million rows as well (about 10 GB)")
    parser.add_argument("--layout", default="umap")
    parser.add_argument("--skip", nargs="*", default=[], choices=list(STAGES))
    given = parser.parse_args()
    sizes = [*given.sizes, *([1_000_000] if given.million else [])]
    settings = Settings.model_validate({"layout": {"method": given.layout}})

    seconds, peak = measured(lambda: compile_once(settings, given.skip))
    print(f"compiling, once a process: {seconds:.1f} s, {peak:.2f} GB", flush=True)
    stages = {name: stage for name, stage in STAGES.items() if name not in given.skip}
    times: dict[str, list[float]] = {name: [] for name in [*stages, "all"]}
    for rows in sizes:
        state: State = {"settings": settings}
        state["vectors"], topics = mixture(rows)
        peaks = []
        for name, stage in stages.items():
            seconds, peak = measured(partial(stage, state))
            times[name].append(seconds)
            peaks.append(peak)
            print(f"{rows:>9,} {name:<12}{seconds:>8.1f} s {peak:>6.2f} GB", flush=True)
        times["all"].append(sum(times[name][-1] for name in stages))
        print(f"{rows:>9,} {'all':<12}{times['all'][-1]:>8.1f} s {max(peaks):>6.2f} GB   {check(state, topics)}")
    if len(sizes) > 1:
        print("\ngrowth, time ~ rows^e: " + ", ".join(f"{name} {growth(sizes, t):.2f}" for name, t in times.items()))


def growth(sizes: list[int], seconds: list[float]) -> float:
    """The exponent, by least squares on the logarithms."""
    return float(np.polyfit(np.log(sizes), np.log(np.maximum(seconds, 1e-3)), 1)[0])


def check(state: State, topics: NDArray[np.int64]) -> str:
    """What came out, so that a stage that does nothing is seen."""
    if "clustering" not in state:
        return ""
    from sklearn.metrics import adjusted_mutual_info_score

    labels, inside = state["clustering"].labels, topics >= 0
    score = adjusted_mutual_info_score(topics[inside], labels[inside])
    levels = [len(state["clustering"].centroids), *(int(level.max()) + 1 for level in state.get("levels", []))]
    return f"levels {levels}, AMI with the topics {score:.3f}"


if __name__ == "__main__":
    main()
