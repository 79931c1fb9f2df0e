"""Metrics that do not come with Clioscope: whatever their family, each is given the arrays that it names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from clioscope.measure.evaluate import Material, evaluate
from clioscope.measure.levels import parents_of
from clioscope.measure.metric import OURS, SAMPLES, metrics
from clioscope.measure.sections import places_of

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
    """Every registered metric that no section before has measured.

    One that takes ``labels`` is measured at every level, any other once; with ``truth`` the conversations are those
    that have a label. ``notes`` say which metrics need an array that this atlas does not have. Those that group samples
    anew belong to the section of stability. ``levels`` is None for a published atlas.
    """
    left = [
        one
        for name, one in metrics.usable().items()
        if name not in OURS and not rows.has(name) and SAMPLES.isdisjoint(one.takes)
    ]
    left = [one for one in left if one.family != "stability"]
    if not left:
        return
    groups = _of_groups(atlas, encode, seed)
    every = Material(groups | _of_conversations(atlas, levels, None))
    labelled = every if truth is None else Material(groups | _of_conversations(atlas, levels, truth))
    for one in left:
        material = labelled if "truth" in one.takes else every
        missing = [array for array in one.needs if not (material.has(array) or (array == "labels" and levels))]
        if missing:
            notes.append(_needs(one, missing))
        elif "labels" not in one.takes or levels is None:
            rows.add_all(evaluate(material, [one.name]), groups=atlas.tree["group"].to_list())
        else:
            for level, ids in enumerate(levels.groups):
                arrays = {name: material.get(name) for name in one.takes if name != "labels" and material.has(name)}
                arrays["labels"] = material.get("levels")[level]
                rows.add_all(evaluate(arrays, [one.name]), level=level, groups=ids)


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
    found: dict[str, Any] = {
        "vectors": atlas.vectors[kept],
        "levels": [labels[kept] for labels in levels.labels],
        "truth": None if truth is None else truth.codes,
    }
    if (atlas.path / "layout.parquet").exists():
        found["places"] = places_of(atlas)[kept]
    return found


def _needs(one: Metric[..., Any], missing: list[str]) -> str:
    how = {"truth": " (give --labels FILE)", "judgements": " (give --judge MODEL)"}
    named = ", ".join(f"{array}{how.get(array, '')}" for array in missing)
    return f"The metric {one.name!r} was not measured: it needs {named}, which there is not here."
