"""The stage ``shares``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clioscope.atlas.segments import masses
from clioscope.pipeline.job import Job
from clioscope.pipeline.stage import stage

if TYPE_CHECKING:
    import polars as pl


@stage(
    "shares",
    version=4,
    reads=(
        *("facets", "probabilities", "values", "chances", "said", "prediction.facet"),
        *("clusters.conversation", "clusters.group", "tree.group", "tree.parent"),
        *("conversations.conversation", "conversations.count", "segments.segment", "segments.weight"),
    ),
    writes=("shares", "predicted_groups"),
    given=("facets",),
)
def shares(job: Job) -> None:
    """The share of each value in every group, with its interval, from what was said and what is predicted."""
    import numpy as np

    from clioscope.prediction.share_table import Known, predicted_groups, share_table

    rows = job.table("clusters").join(job.table("conversations"), on="conversation", how="left", maintain_order="left")
    base = rows["group"].unique(maintain_order=True).to_list()
    place = {group: number for number, group in enumerate(base)}
    strata = np.array([place[group] for group in rows["group"]])
    groups = _within(job.table("tree"), place)
    known = Known(
        job.table("facets"), job.table("probabilities"), job.table("values"), job.array("chances"), job.array("said")
    )
    weight = masses(rows, job.table("segments") if job.has("segments") else None)
    job.write_table("shares", share_table(known, job.facets, strata, groups, weight.to_numpy()))
    told = job.table("prediction")["facet"].unique().to_list()
    job.write_table("predicted_groups", predicted_groups(known, strata, groups, told))


def _within(tree: pl.DataFrame, place: dict[str, int]) -> dict[str, list[int]]:
    """The base groups that each group of the tree holds, by their numbers; without empty categories."""
    parents: dict[str, str | None] = dict(zip(tree["group"], tree["parent"], strict=True))
    found: dict[str, list[int]] = {group: [] for group in parents}
    for group, number in place.items():
        above: str | None = group
        while above is not None and above in found:
            found[above].append(number)
            above = parents[above]
    return {group: numbers for group, numbers in found.items() if numbers}
