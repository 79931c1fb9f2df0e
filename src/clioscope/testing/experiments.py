"""What an experiment promises."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from clioscope.experiments.bench import Bench
from clioscope.experiments.experiment import Experiment, Outcome
from clioscope.experiments.run import run
from clioscope.testing.promise import carry_out, promise


def check_experiment(experiment: Experiment, bench: Bench | None = None) -> None:
    """Raise AssertionError where the experiment breaks a promise of ``Experiment``.

    It is run on ``bench``; without one in its quick form on its first data set, under two seeds, with the encoder
    ``hash`` and as many fake models as it needs. The bench is closed.

    Raises ClioscopeError where the data are not there.
    """
    check_declaration(experiment)
    said = f"The experiment {experiment.name}"
    models = ("fake",) * experiment.models
    bench = bench or Bench(experiment.data[0], quick=True, seeds=2, embedders=("hash",), models=models)
    try:
        variants = list(experiment.variants(bench))
        promise(bool(variants), f"{said} yields no variant.")
        keys = [(variant.part, variant.name, variant.x) for variant in variants]
        twice = next((key for key in keys if keys.count(key) > 1), None)
        promise(twice is None, f"{said} yields two variants that have part, name and x in common: {twice}.")
        first = variants[0]
        outcomes = [carry_out(lambda: first.measure(0), f"{said} fails in its variant {first.name}") for _ in range(2)]
        for outcome in outcomes:
            _check_outcome(outcome, f"{said}, variant {first.name},")
        promise(
            _same(outcomes[0].figures, outcomes[1].figures),
            f"{said} does not measure the same under the same seed, in its variant {first.name}.",
        )
        results = carry_out(lambda: run(experiment, bench), f"{said} fails")
    finally:
        bench.close()
    measured = set(results.table["metric"]) - {"seconds"}  # which the runner adds
    promise(
        bool(measured & set(experiment.show)), f"{said} measures nothing of what it says it shows: {experiment.show}."
    )
    conclusion = carry_out(lambda: experiment.conclude(results), f"{said} draws no conclusion from its results")
    promise(
        isinstance(conclusion, str) and bool(conclusion.strip()), f"{said} has no conclusion; `conclude` returns text."
    )
    promise("nan" not in conclusion.split(), f"{said} concludes from a figure that is not a number: {conclusion}")


def check_declaration(experiment: Experiment) -> None:
    """The part of ``check_experiment`` that runs nothing."""
    promise(
        isinstance(experiment, Experiment),
        f"An experiment is an Experiment, not a {type(experiment).__name__}; use @experiment(...).",
    )
    said = f"The experiment {experiment.name}"
    promise(experiment.name.isidentifier(), f"{said} has a name that cannot be typed as a command.")
    promise("?" in experiment.question, f"{said} asks no question: {experiment.question!r}.")
    for field in ("needs", "costs"):
        promise(bool(getattr(experiment, field).strip()), f"{said} does not say what it {field}.")
    promise(bool(experiment.data) and bool(experiment.show), f"{said} names no data set, or no figure to show.")
    promise(experiment.models >= 0, f"{said} needs {experiment.models} language models.")


def _check_outcome(outcome: Outcome, said: str) -> None:
    promise(isinstance(outcome, Outcome), f"{said} gives a {type(outcome).__name__}, not an Outcome.")
    for name, value in outcome.figures.items():
        promise(
            isinstance(value, int | float | np.number) and not math.isinf(value),
            f"{said} gives {name} the value {value!r}; it is a finite number, or NaN.",
        )
    labels = outcome.labels
    promise(
        labels is None or (np.asarray(labels).ndim == 1 and np.asarray(labels).dtype.kind in "iu"),
        f"{said} gives labels that are not one whole number per row.",
    )


def _same(first: Mapping[str, float], second: Mapping[str, float]) -> bool:
    """Equal figures, apart from times."""
    return first.keys() == second.keys() and all(
        first[name] == second[name] or (math.isnan(first[name]) and math.isnan(second[name]))
        for name in first
        if "seconds" not in name
    )
