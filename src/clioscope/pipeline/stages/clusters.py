"""The stage ``clusters``."""

from __future__ import annotations

from clioscope.pipeline.job import Job
from clioscope.pipeline.stage import stage
from clioscope.pipeline.stages.before import BEFORE
from clioscope.pipeline.stages.vectors import VECTORS, centred_of, vectors_of


@stage(
    "clusters",
    reads=(*VECTORS, "answers.conversation", *BEFORE[:2]),
    writes=("clusters", "centroids"),
    settings=("clustering", "seed"),
    given=("language",),
)
def clusters(job: Job) -> None:
    """Base groups, with the margin of every conversation."""
    import polars as pl

    from clioscope.clustering import cluster, rare
    from clioscope.hierarchy.tree import group_ids
    from clioscope.pipeline.stages.keeping import base_ids

    settings = job.settings.clustering
    clustering = cluster(vectors_of(job), settings, job.settings.seed, judged=centred_of(job))
    conversations = job.table("answers")["conversation"].to_list()
    own = group_ids(conversations, clustering.labels, 0)
    ids = base_ids(job, conversations, clustering.labels, own)
    table = pl.DataFrame(
        {
            "conversation": conversations,
            "group": [ids[label] for label in clustering.labels],
            "label": clustering.labels,
            "margin": clustering.margins,
            "rare": rare(clustering.margins, settings.rare),
            "noise": clustering.noise,
        }
    )
    job.write_table("clusters", table)
    job.write_array("centroids", clustering.centroids)
    job.note(groups=len(clustering.centroids), base_groups=ids, **clustering.info)
