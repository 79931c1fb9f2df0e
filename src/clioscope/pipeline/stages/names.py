"""The stage ``names``."""

from __future__ import annotations

from dataclasses import replace

from clioscope.pipeline.job import Job
from clioscope.pipeline.stage import stage
from clioscope.pipeline.stages.before import BEFORE
from clioscope.pipeline.stages.keeping import base_labels
from clioscope.pipeline.stages.naming import NAMING, NAMING_SETTINGS, has_none, labels, naming_context


@stage(
    "names",
    version=8,
    reads=(*NAMING, "centroids", *BEFORE),
    writes=("names",),
    settings=(
        *NAMING_SETTINGS,
        "naming.members",
        "naming.contrast",
        "naming.candidates",
        "naming.max_words",
        "naming.ready_names",
        "facets.embed",
    ),
    prompts=("name", "name_again", "examples.toml"),
    role="naming",
    given=("facets", "language", "embedder"),
)
def names(job: Job) -> None:
    """Names and descriptions of the base groups, against their nearest non-members."""
    from clioscope.naming import labels_table, name_groups
    from clioscope.naming.mixed import none_label

    first = (job.settings.facets.embed or ("",))[0]
    criteria = next((facet.criteria for facet in job.facets if facet.name == first), "")
    context = replace(naming_context(job), criteria=criteria)
    own, centroids, none = labels(job), job.array("centroids"), has_none(job)
    kept = base_labels(job, job.table("facets")["conversation"].to_list(), own)
    real = len(centroids) - none
    kept = {group: label for group, label in kept.items() if group < real}
    named = name_groups(context, own, centroids[:real], kept=kept)
    job.write_table(
        "names", labels_table([*named, none_label(context.language_of(range(len(context.texts))))] if none else named)
    )
