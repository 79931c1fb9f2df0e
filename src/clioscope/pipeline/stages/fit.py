"""The stage ``fit``."""

from __future__ import annotations

from clioscope.atlas.vectors import TEXTS
from clioscope.pipeline.fitting import FIT, FIT_ROWS
from clioscope.pipeline.job import Job
from clioscope.pipeline.stage import stage


@stage("fit", version=2, reads=(TEXTS, "clusters.none"), writes=(FIT_ROWS, FIT))
def fit(job: Job) -> None:
    """How far the members of groups lie from one another, so that it can be told what fits no group."""
    from clioscope.clustering.fit import calibrate

    rows, kept = calibrate(job.array(TEXTS), job.table("clusters")["none"].to_numpy())
    job.write_array(FIT_ROWS, rows)
    job.write_array(FIT, kept)
