"""The stage ``facets``."""

from __future__ import annotations

from clioscope.pipeline.job import Job
from clioscope.pipeline.stage import stage
from clioscope.pipeline.stages.people import PEOPLE, WRITTEN, without_people
from clioscope.pipeline.stages.texts import let_in, told_languages


@stage(
    "facets",
    version=3,
    reads=("conversations", *WRITTEN, "screened", "asked.conversation", "asked.asked"),
    writes=("answers",),
    settings=("facets.language", "facets.calls", "facets.examples", *PEOPLE),
    prompts=("facets", "examples.toml"),
    role="chat",
    given=("facets", "language"),
)
def facets(job: Job) -> None:
    """Facets: what the model says of the conversations that it is asked about, and what needs no model of all."""
    from clioscope.facets.extract import extract_facets

    settings = job.settings.facets
    table = extract_facets(
        let_in(job, job.table("conversations")),
        let_in(job, job.table("transcripts")),
        job.facets,
        ask=job.asker() if any(facet.asked for facet in job.facets) else None,
        language=settings.language,
        calls=settings.calls,
        with_examples=settings.examples,
        chosen=job.table("asked")["asked"].to_list(),
        languages=told_languages(job) if job.has_language else None,
    )
    job.write_table("answers", without_people(job, table))
