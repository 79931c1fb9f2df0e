"""Metrics that do not come with Clioscope. Each is given the arrays that it names, whatever its family."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from clioscope.measure.arrays import Arrays
from clioscope.measure.evaluate import evaluate
from clioscope.measure.levels import parents_of
from clioscope.measure.metric import OURS, SAMPLES, metrics
from clioscope.measure.sections import coordinates_of

if TYPE_CHECKING:
    from clioscope.atlas import Atlas
    from clioscope.embedding.embedder import Encode
    from clioscope.measure.labelled import Truth
    from clioscope.measure.levels import Levels
    from clioscope.measure.metric import Metric
    from clioscope.measure.rows import Rows


def own_section(
    rows: Rows,
    atlas: Atlas,
    levels: Levels | None,
    truth: Truth | None,
    encode: Encode | None,
    seed: int,
    notes: list[str],
) -> None:
    """Every registered metric that no earlier section has measured.

    A metric that takes ``labels`` is measured at every level, any other once. One that takes ``truth`` is given only
    the conversations that have a label. ``notes`` say which metrics need an array that this atlas does not have.
    Metrics that group samples again belong to the section on stability. ``levels`` is None for a published atlas.
    """
    left = [
        metric
        for name, metric in metrics.usable().items()
        if name not in OURS and metric.family != "stability" and not rows.has(name) and SAMPLES.isdisjoint(metric.takes)
    ]
    if not left:
        return
    groups = _of_groups(atlas, encode, seed)
    every = Arrays(groups | _of_conversations(atlas, levels, None))
    labelled = every if truth is None else Arrays(groups | _of_conversations(atlas, levels, truth))
    for metric in left:
        arrays = labelled if "truth" in metric.takes else every
        missing = [name for name in metric.needs if not (arrays.has(name) or (name == "labels" and levels))]
        if missing:
            notes.append(_needs(metric, missing))
        elif "labels" not in metric.takes or levels is None:
            rows.add_all(evaluate(arrays, [metric.name]), groups=atlas.tree["group"].to_list())
        else:
            for level, ids in enumerate(levels.groups):
                given = {name: arrays.get(name) for name in metric.takes if name != "labels" and arrays.has(name)}
                given["labels"] = arrays.get("levels")[level]
                rows.add_all(evaluate(given, [metric.name]), level=level, groups=ids)


def _of_groups(atlas: Atlas, encode: Encode | None, seed: int) -> dict[str, Any]:
    """What a metric may know of the groups of the tree."""
    names = atlas.tree["name"].to_list()
    return {
        "names": names,
        "parents": parents_of(atlas),
        "sizes": atlas.tree["count"].to_numpy(),
        "name_vectors": None if encode is None else encode(names),
        "seed": seed,
    }


def _of_conversations(atlas: Atlas, levels: Levels | None, truth: Truth | None) -> dict[str, Any]:
    """What it may know of the conversations; of those that have a label, where ``truth`` is given."""
    if levels is None:
        return {}
    kept = np.ones(len(levels.labels[0]), dtype=bool) if truth is None else truth.known
    arrays: dict[str, Any] = {
        "vectors": atlas.vectors[kept],
        "levels": [labels[kept] for labels in levels.labels],
        "truth": None if truth is None else truth.codes,
    }
    if (atlas.path / "layout.parquet").exists():
        arrays["places"] = coordinates_of(atlas)[kept]
    return arrays


def _needs(metric: Metric[..., Any], missing: list[str]) -> str:
    how = {"truth": " (give --labels FILE)", "judgements": " (give --judge MODEL)"}
    named = ", ".join(f"{array}{how.get(array, '')}" for array in missing)
    return f"The metric {metric.name!r} was not measured: it needs {named}."
