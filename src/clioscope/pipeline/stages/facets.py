"""The stage ``facets``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clioscope.pipeline.job import Job
from clioscope.pipeline.stage import stage

if TYPE_CHECKING:
    import polars as pl


@stage(
    "facets",
    reads=("conversations", "transcripts", "screened"),
    writes=("facets",),
    settings=("facets.language", "facets.calls", "facets.examples"),
    prompts=("facets", "examples.toml"),
    role="chat",
    given=("facets",),
)
def facets(job: Job) -> None:
    """Facets of every conversation that the screener let in, in one call each."""
    from clioscope.facets.extract import extract_facets

    settings = job.settings.facets
    table = extract_facets(
        _let_in(job, job.table("conversations")),
        _let_in(job, job.table("transcripts")),
        job.facets,
        ask=job.asker() if any(facet.asked for facet in job.facets) else None,
        language=settings.language,
        calls=settings.calls,
        with_examples=settings.examples,
    )
    job.write_table("facets", table)


def _let_in(job: Job, table: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    if not job.has("screened"):
        return table
    kept = job.table("screened").filter("kept")["conversation"]
    return table.filter(pl.col("conversation").is_in(kept.implode()))
