"""The stage ``infer``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from clioscope.atlas.vectors import TEXTS
from clioscope.pipeline.job import Job
from clioscope.pipeline.stage import stage

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray


@stage(
    "infer",
    version=4,
    reads=("answers", "asked.conversation", "asked.asked", "asked.stands_for", "second", "categories.code", TEXTS),
    writes=("facets", "probabilities", "values", "chances", "said", "prediction"),
    settings=("codebook.categories",),
    given=("facets", "embedder"),
)
def infer(job: Job) -> None:
    """Facets of every conversation: what the model said; of one that was not asked, what it would most likely say."""
    from clioscope.embedding.encode import encode_texts
    from clioscope.prediction.filling import fill

    def encode(texts: Sequence[str]) -> NDArray[np.float32]:
        return encode_texts(list(texts), job.embedder, job.store)

    asked_facets = [facet for facet in job.facets if facet.asked]
    copies = job.table("asked")["stands_for"].to_numpy()
    filled = fill(_said(job), asked_facets, job.array(TEXTS), copies, encode, _settled(job))
    job.write_table("facets", filled.facets)
    job.write_table("probabilities", filled.probabilities)
    job.write_table("values", filled.values)
    job.write_array("chances", filled.chances)
    job.write_array("said", filled.said)
    job.write_table("prediction", filled.prediction)


def _said(job: Job) -> pl.DataFrame:
    """What the model said in both rounds, what needs no model, and whether a conversation was asked."""
    import polars as pl

    table, asks = job.table("answers"), any(facet.asked for facet in job.facets)
    asked = pl.Series("asked", job.table("asked")["asked"] if asks else [False] * table.height, dtype=pl.Boolean)
    table = table.with_columns(asked)
    if job.has("second"):
        table = table.update(job.table("second").with_columns(asked=pl.lit(True)), on="conversation")
    return table


def _settled(job: Job) -> dict[str, list[str | None]]:
    """The given category of every conversation, as the facet says it: that of its group, so that the two agree."""
    from clioscope.facets.given import GIVEN, category_answers

    if not job.has("categories"):
        return {}
    names = {code: name for name, code in category_answers(job.settings.codebook.categories).items()}
    return {GIVEN: [names.get(code) for code in job.table("categories")["code"]]}
