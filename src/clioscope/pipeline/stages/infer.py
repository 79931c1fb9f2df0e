"""The stage ``infer``."""

from __future__ import annotations

from clioscope.pipeline.job import Job
from clioscope.pipeline.stage import stage


@stage(
    "infer",
    reads=("answers", "asked.conversation", "asked.asked", "second"),
    writes=("facets", "probabilities"),
    given=("facets",),
)
def infer(job: Job) -> None:
    """Facets of every conversation: what the model said, where it was asked."""
    import polars as pl

    table, names = job.table("answers"), [facet.name for facet in job.facets if facet.asked]
    asked = pl.Series("asked", job.table("asked")["asked"] if names else [False] * table.height, dtype=pl.Boolean)
    table = table.with_columns(asked)
    if job.has("second"):
        more = job.table("second").with_columns(asked=pl.lit(True))
        table = table.update(more, on="conversation")
    job.write_table("facets", table)
    nothing = [pl.lit(None, pl.Float64).alias(name) for name in names]
    job.write_table("probabilities", table.select("conversation", *nothing))
