"""The stage ``distinct``."""

from __future__ import annotations

from clioscope.pipeline.job import Job
from clioscope.pipeline.stage import stage
from clioscope.pipeline.stages.before import BEFORE
from clioscope.pipeline.stages.keeping import kept_tree
from clioscope.pipeline.stages.naming import NAMING, NAMING_SETTINGS, has_none, labels, naming_context


@stage(
    "distinct",
    version=5,
    reads=(
        *NAMING,
        "clusters.conversation",
        "clusters.group",
        "levels",
        *BEFORE[:2],
        "conversations.conversation",
        "conversations.count",
        "segments.weight",
    ),
    writes=("unaudited",),
    settings=(*NAMING_SETTINGS, "naming.max_words", "naming.duplicate", "codebook.categories"),
    prompts=("rename", "examples.toml"),
    role="naming",
    given=("facets", "language", "embedder"),
)
def distinct(job: Job) -> None:
    """No two names of the tree alike."""
    from clioscope.hierarchy.given import with_empty
    from clioscope.hierarchy.tree import levels_from, memberships, tree_ids, tree_table
    from clioscope.naming.distinct import distinct_tree
    from clioscope.naming.mixed import keep_mixed

    levels, named = levels_from(job.table("levels"))
    own, clusters = labels(job), job.table("clusters")
    member = memberships(own, levels)
    names = job.table("facets")["conversation"].to_list()
    base = dict(clusters.select("label", "group").iter_rows())
    ids = tree_ids(names, member, [base[label] for label in range(len(base))])
    conversations = (
        job.table("facets")
        .select("conversation")
        .join(job.table("conversations"), on="conversation", how="left", maintain_order="left")
    )
    none, segments = has_none(job), job.table("segments") if job.has("segments") else None
    table = tree_table(conversations, job.table("occurrences"), member, levels, named, ids, none, segments)
    kept = kept_tree(job, clusters, table)
    fixed: list[list[bool]] = [[False] * len(level) for level in named]
    if kept is not None:
        staying = [[kept.label(*pair) for pair in zip(*pairs, strict=True)] for pairs in zip(ids, named, strict=True)]
        named = [[old or new for old, new in zip(*pairs, strict=True)] for pairs in zip(staying, named, strict=True)]
        fixed = [[label is not None for label in level] for level in staying]
        ids = [ids[0], *(kept.ids(level) for level in ids[1:])]
    named = keep_mixed(named, distinct_tree(naming_context(job), named, member, fixed))
    table = tree_table(conversations, job.table("occurrences"), member, levels, named, ids, none, segments)
    job.write_table("unaudited", with_empty(table, job.settings.codebook.categories))
