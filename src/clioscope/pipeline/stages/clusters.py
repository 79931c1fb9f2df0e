"""The stage ``clusters``."""

from __future__ import annotations

from clioscope.atlas.vectors import TEXTS
from clioscope.pipeline.job import Job
from clioscope.pipeline.stage import stage
from clioscope.pipeline.stages.before import BEFORE
from clioscope.pipeline.stages.vectors import VECTORS, centred_of, vectors_of


@stage(
    "clusters",
    reads=(*VECTORS, "answers.conversation", TEXTS, "categories.code", *BEFORE[:2]),
    writes=("clusters", "centroids"),
    settings=("clustering", "seed"),
    version=2,
    given=("language",),
)
def clusters(job: Job) -> None:
    """Base groups, with the margin of every conversation; within given categories, where there are any."""
    import numpy as np
    import polars as pl

    from clioscope.clustering import cluster, cluster_within, rare, set_apart
    from clioscope.clustering.fit import member_p_values
    from clioscope.hierarchy.tree import group_ids
    from clioscope.pipeline.stages.keeping import base_ids

    settings = job.settings.clustering
    conversations = job.table("answers")["conversation"].to_list()
    codes = job.table("categories")["code"] if job.has("categories") else pl.Series([None] * len(conversations))
    if codes.null_count() < len(codes):
        parts = np.unique(codes.fill_null("").to_numpy().astype(str), return_inverse=True)[1]
        clustering = cluster_within(vectors_of(job), parts, settings, job.settings.seed)
    else:
        clustering = cluster(vectors_of(job), settings, job.settings.seed, judged=centred_of(job))
    apart = np.zeros(len(clustering.labels), dtype=bool)
    if settings.set_apart:
        apart = member_p_values(job.array(TEXTS), clustering.labels) <= settings.set_apart
        clustering = set_apart(clustering, apart, vectors_of(job))
        apart &= not apart.all()
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
            "none": apart,
            "code": codes.cast(pl.String),
        }
    )
    job.write_table("clusters", table)
    job.write_array("centroids", clustering.centroids)
    job.note(groups=len(clustering.centroids), base_groups=ids, **clustering.info)
