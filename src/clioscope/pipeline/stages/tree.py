"""The stage ``tree``."""

from __future__ import annotations

from clioscope.pipeline.job import Job
from clioscope.pipeline.stage import stage
from clioscope.pipeline.stages.before import BEFORE
from clioscope.pipeline.stages.keeping import level_labels
from clioscope.pipeline.stages.naming import NAMING, NAMING_SETTINGS, has_none, labels, naming_context


@stage(
    "tree",
    reads=(*NAMING, "centroids", "names", "clusters.code", *BEFORE),
    writes=("levels",),
    settings=(
        *NAMING_SETTINGS,
        "naming.members",
        "naming.contrast",
        "naming.candidates",
        "naming.max_words",
        "naming.ready_names",
        "naming.duplicate",
        "hierarchy",
        "codebook.categories",
        "seed",
    ),
    prompts=("name_parent", "name_parent_again", "name_again", "propose", "dedupe", "assign", "examples.toml"),
    role="naming",
    given=("facets", "language", "embedder"),
    version=10,
)
def tree(job: Job) -> None:
    """Groups of groups, named from the base to the top."""
    from clioscope.hierarchy.given import group_places
    from clioscope.hierarchy.grow import grow_tree
    from clioscope.hierarchy.tree import levels_table
    from clioscope.naming import labels_from

    settings, base = job.settings, labels_from(job.table("names"))
    own, categories = labels(job), settings.codebook.categories
    levels, named = grow_tree(
        naming_context(job),
        base,
        own,
        job.array("centroids"),
        settings.hierarchy,
        settings.seed,
        level_labels(job, job.table("facets")["conversation"].to_list()),
        has_none(job),
        categories=categories,
        place=group_places(own, job.table("clusters")["code"].to_list(), categories) if categories else None,
    )
    job.write_table("levels", levels_table(levels, named))
