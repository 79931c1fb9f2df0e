"""The stage ``distinct``."""

from __future__ import annotations

from clioscope.pipeline.job import Job
from clioscope.pipeline.stage import stage
from clioscope.pipeline.stages.naming import NAMING, NAMING_SETTINGS, labels, naming_context


@stage(
    "distinct",
    version=2,
    reads=(*NAMING, "levels", "conversations.conversation", "conversations.count", "segments.weight"),
    writes=("unaudited",),
    settings=(*NAMING_SETTINGS, "naming.max_words", "naming.duplicate"),
    prompts=("rename", "examples.toml"),
    role="naming",
    given=("facets", "language", "embedder"),
)
def distinct(job: Job) -> None:
    """No two names of the tree alike."""
    from clioscope.hierarchy.tree import levels_from, memberships, tree_table
    from clioscope.naming.distinct import distinct_tree
    from clioscope.naming.mixed import keep_mixed

    levels, named = levels_from(job.table("levels"))
    member = memberships(labels(job), levels)
    named = keep_mixed(named, distinct_tree(naming_context(job), named, member))
    conversations = (
        job.table("facets")
        .select("conversation")
        .join(job.table("conversations"), on="conversation", how="left", maintain_order="left")
    )
    segments = job.table("segments") if job.has("segments") else None
    job.write_table("unaudited", tree_table(conversations, job.table("occurrences"), member, levels, named, segments))
