"""Running an experiment: every variant under every seed, and all figures in one table."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from clioscope.errors import SettingsError
from clioscope.experiments.bench import CONVERSATIONS, Bench
from clioscope.experiments.experiment import Experiment, Variant
from clioscope.experiments.results import Results

if TYPE_CHECKING:
    import polars as pl

Report = Callable[[int, int], None]


def run(experiment: Experiment, bench: Bench, on_progress: Report | None = None) -> Results:
    """Measure every variant under the seeds 0 … ``bench.seeds`` - 1, or fewer where the variant says so.

    ``on_progress`` gets (runs done, all runs).

    Raises SettingsError for a data set that the experiment does not know, for too few language models, or for a number
    of conversations where the data are no conversations.
    """
    if bench.data not in experiment.data:
        known = ", ".join(experiment.data)
        raise SettingsError(f"{experiment.name}: --data is one of {known}, not {bench.data}.")
    if bench.most is not None and bench.data != CONVERSATIONS:
        raise SettingsError(f"{experiment.name}: --conversations is for --data {CONVERSATIONS}, not {bench.data}.")
    if len(bench.models) < experiment.models:
        raise SettingsError(f"{experiment.name}: needs {experiment.models} language model(s); name them with --model.")
    report = on_progress or (lambda done, total: None)
    rows: list[dict[str, Any]] = []
    notes: list[tuple[str, str, int | None, str]] = []
    variants = list(experiment.variants(bench))
    seeds = [min(bench.seeds, variant.seeds or bench.seeds) for variant in variants]
    done = 0
    for variant, count in zip(variants, seeds, strict=True):
        name = variant.name if variant.x is None else f"{variant.name} {variant.x:g}"
        labellings: list[NDArray[Any]] = []

        def row(seed: int | None, metric: str, value: float, variant: Variant = variant, name: str = name) -> None:
            rows.append(
                {"part": variant.part, "variant": name, "line": variant.name, "x": variant.x}
                | {"redrawn": variant.redrawn, "seed": seed, "metric": metric, "value": float(value)}
            )

        for seed in range(count):
            report(done, sum(seeds))
            done += 1
            began = time.perf_counter()
            outcome = variant.measure(seed)
            seconds = time.perf_counter() - began
            for metric, value in ({"seconds": seconds} | dict(outcome.figures)).items():
                row(seed, metric, value)
            if outcome.labels is not None:
                labellings.append(outcome.labels)
            if outcome.note:
                notes.append((variant.part, name, seed, outcome.note))
        if len(labellings) > 1:
            row(None, "seed_ari", agreement(labellings))
    return Results(_table(rows), notes)


def agreement(labellings: list[NDArray[Any]]) -> float:
    """The mean ARI over all pairs of labellings. A pair is compared on the rows that both have (label 0 or more)."""
    from clioscope.measure.external import ari

    values = []
    for first, second in itertools.combinations(labellings, 2):
        both = (first >= 0) & (second >= 0)
        values.append(ari(first[both], second[both]))
    return float(np.mean(values))


def _table(rows: list[dict[str, Any]]) -> pl.DataFrame:
    import polars as pl

    schema = {
        "part": pl.String,
        "variant": pl.String,
        "line": pl.String,
        "x": pl.Float64,
        "redrawn": pl.Float64,
        "seed": pl.Int64,
        "metric": pl.String,
        "value": pl.Float64,
    }
    return pl.DataFrame(rows, schema=schema)
