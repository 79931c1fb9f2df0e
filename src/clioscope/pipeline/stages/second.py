"""The stage ``second``."""

from __future__ import annotations

from clioscope.pipeline.job import Job
from clioscope.pipeline.stage import stage
from clioscope.pipeline.stages.people import PEOPLE, WRITTEN, without_people


@stage(
    "second",
    version=3,
    reads=("conversations", *WRITTEN, "asked", "clusters.conversation", "clusters.label"),
    writes=("second",),
    settings=("facets.ask_per_group", "facets.language", "facets.calls", "facets.examples", *PEOPLE),
    prompts=("facets", "examples.toml"),
    role="chat",
    given=("facets",),
    when=lambda settings: settings.facets.ask is not None,
)
def second(job: Job) -> None:
    """A few more questions in groups of which too few conversations were asked about."""
    import polars as pl

    from clioscope.facets.extract import extract_facets
    from clioscope.facets.given import GIVEN

    settings = job.settings.facets
    # By now every conversation has its given category, and a group within it.
    asked_facets = [facet for facet in job.facets if facet.asked and facet.name != GIVEN]
    rows = job.table("clusters").join(job.table("asked"), on="conversation", how="left", maintain_order="left")
    # Those that come next in the order: so within a group, too, the asked ones are a random part.
    next_ones = (
        rows.with_columns(pl.col("place").rank("ordinal").over("label").alias("within"))
        .filter((pl.col("within") <= settings.ask_per_group) & ~pl.col("asked") & (pl.col("weight") > 0))
        .select("conversation")
    )
    chosen = job.table("conversations").join(next_ones, on="conversation", how="semi", maintain_order="left")
    table = extract_facets(
        chosen,
        job.table("transcripts").join(next_ones, on="conversation", how="semi"),
        asked_facets,
        ask=job.asker() if chosen.height else None,
        language=settings.language,
        calls=settings.calls,
        with_examples=settings.examples,
        kind="second",
    )
    job.write_table("second", without_people(job, table))
    job.note(asked=chosen.height)
