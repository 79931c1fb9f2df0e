"""The stage ``layout``."""

from __future__ import annotations

from clioscope.pipeline.job import Job
from clioscope.pipeline.stage import stage
from clioscope.pipeline.stages.vectors import VECTORS, vectors_of


@stage(
    "layout",
    version=2,
    reads=(*VECTORS, "answers.conversation"),
    writes=("layout",),
    settings=("layout", "seed"),
    given=("language",),
)
def layout(job: Job) -> None:
    """A map for the eye; the picture never decides the groups."""
    import polars as pl

    from clioscope.layout import project

    places = project(vectors_of(job), job.settings.layout, job.settings.seed)
    conversations = job.table("answers")["conversation"]
    job.write_table("layout", pl.DataFrame({"conversation": conversations, "x": places[:, 0], "y": places[:, 1]}))
