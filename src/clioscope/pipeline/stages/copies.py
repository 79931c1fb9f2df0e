"""The stage ``copies``."""

from __future__ import annotations

from clioscope.pipeline.job import Job
from clioscope.pipeline.stage import stage


@stage("copies", reads=("conversations.conversation", "transcripts"), writes=("copies",))
def copies(job: Job) -> None:
    """Near copies of one text are found, so that they count once where people are counted."""
    from clioscope.conversations.texts.near_copies import copies_table

    rows = job.table("conversations").select("conversation")
    read = rows.join(job.table("transcripts"), on="conversation", how="left", maintain_order="left")
    table = copies_table(read["conversation"].to_list(), read["text"].to_list())
    job.write_table("copies", table)
    job.note(distinct_texts=table["text"].n_unique())
