"""The stage ``asked``."""

from __future__ import annotations

from clioscope.atlas.vectors import TEXTS
from clioscope.pipeline.job import Job
from clioscope.pipeline.stage import stage
from clioscope.pipeline.stages.texts import let_in, told_languages


@stage(
    "asked",
    version=2,
    reads=("conversations.conversation", "transcripts", "screened", TEXTS),
    writes=("asked",),
    settings=("facets.ask", "seed"),
    given=("language",),
)
def asked(job: Job) -> None:
    """Which conversations the model is asked about: every region and language in proportion, near copies once."""
    import numpy as np
    import polars as pl

    from clioscope.pipeline.resolve import asked_of
    from clioscope.prediction.copies import near_copies
    from clioscope.prediction.order import spread_order

    vectors = job.array(TEXTS)
    count = len(vectors)
    stands_for = near_copies(vectors)
    order = spread_order(vectors, told_languages(job) if job.has_language else None, job.settings.seed, stands_for)
    place = np.empty(count, np.int64)
    place[order] = np.arange(count)
    chosen = asked_of(count, job.settings)
    table = pl.DataFrame(
        {
            "conversation": let_in(job, job.table("conversations"))["conversation"],
            "place": place,
            "asked": place < chosen,
            "weight": np.bincount(stands_for, minlength=count),
            "stands_for": stands_for,
        }
    )
    job.write_table("asked", table)
    job.note(asked=chosen, conversations=count)
