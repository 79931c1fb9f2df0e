"""The stage ``categories``."""

from __future__ import annotations

from clioscope.pipeline.job import Job
from clioscope.pipeline.stage import stage
from clioscope.pipeline.stages.naming import name_encoder
from clioscope.pipeline.stages.vectors import VECTORS, vectors_of


@stage(
    "categories",
    reads=(*VECTORS, "answers.conversation", "answers.given_category"),
    writes=("categories",),
    settings=("codebook.categories", "codebook.false_refusals"),
    given=("language", "embedder"),
    when=lambda settings: bool(settings.codebook.categories),
)
def categories(job: Job) -> None:
    """The given category of every conversation, or none."""
    import polars as pl

    from clioscope.codebook.place import place_conversations
    from clioscope.facets.given import GIVEN

    answers = job.table("answers")
    said = answers[GIVEN].to_list() if GIVEN in answers.columns else None
    placed = place_conversations(
        vectors_of(job), job.settings.codebook, name_encoder(job.folder, job.embedder, job.store), said
    )
    table = {"conversation": answers["conversation"], "code": pl.Series(placed.codes, dtype=pl.String)}
    job.write_table("categories", pl.DataFrame(table | {"fits": placed.fits}))
    job.note(none=int(table["code"].null_count()))
