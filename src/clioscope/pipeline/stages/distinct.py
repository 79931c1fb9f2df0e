"""The stage ``distinct``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from clioscope.pipeline.job import Job
from clioscope.pipeline.stage import stage
from clioscope.pipeline.stages.before import BEFORE
from clioscope.pipeline.stages.keeping import kept_tree
from clioscope.pipeline.stages.naming import (
    NAMING,
    NAMING_SETTINGS,
    authors_of,
    has_none,
    known,
    labels,
    naming_context,
)
from clioscope.pipeline.stages.vectors import centred_of

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from clioscope.naming.candidates import Label
    from clioscope.naming.context import NamingContext
    from clioscope.naming.people import Authors


@stage(
    "distinct",
    version=8,
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
    writes=("unaudited", "ready_names"),
    settings=(
        *NAMING_SETTINGS,
        "naming.max_words",
        "naming.ready_names",
        "naming.duplicate",
        "codebook.categories",
    ),
    prompts=("rename", "examples.toml"),
    role="naming",
    given=("facets", "language", "embedder"),
)
def distinct(job: Job) -> None:
    """No two names of the tree alike; and the ready-made names that fit each group, for a published copy."""
    from clioscope.hierarchy.given import with_empty
    from clioscope.hierarchy.tree import levels_from, memberships, tree_ids, tree_table
    from clioscope.naming.distinct import distinct_tree
    from clioscope.naming.mixed import keep_mixed
    from clioscope.naming.people import Authors

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
    context = naming_context(job)
    named = keep_mixed(named, distinct_tree(context, named, member, fixed))
    table = tree_table(conversations, job.table("occurrences"), member, levels, named, ids, none, segments)
    job.write_table("unaudited", with_empty(table, job.settings.codebook.categories))
    authors = Authors(authors_of(job), known(job).copies)
    fitting = _fitting(context, authors, centred_of(job), named, member, ids)
    job.write_table("ready_names", fitting)


def _fitting(
    context: NamingContext,
    authors: Authors,
    own_vectors: Callable[[NDArray[np.integer]], NDArray[np.float32]],
    named: Sequence[Sequence[Label]],
    member: Sequence[NDArray[np.integer]],
    ids: Sequence[Sequence[str]],
) -> pl.DataFrame:
    """group, names, people: the ready-made names that fit each group of a tree, the nearest first, and how many people
    are behind each."""
    import polars as pl

    from clioscope.naming.ready import may_have_ready_names, nearest_ready_names
    from clioscope.vectors.centroids import centroids_of
    from clioscope.vectors.grouped import rows_by_group

    found: dict[str, list[tuple[str, int]]] = {}
    for own, groups, places in zip(named, member, ids, strict=True) if may_have_ready_names(context) else ():
        members = rows_by_group(groups, len(own))
        asked = [number for number, label in enumerate(own) if not label.mixed and label.code is None]
        languages = [context.language_of(rows.tolist()) for rows in members]
        centroids = centroids_of(context.vectors, groups, len(own))
        near = nearest_ready_names(context, authors, own_vectors, members, centroids, languages, asked)
        found |= {places[number]: names for number, names in near.items()}
    return pl.DataFrame(
        {
            "group": list(found),
            "names": [[name for name, _ in names] for names in found.values()],
            "people": [[people for _, people in names] for names in found.values()],
        },
        schema={"group": pl.String, "names": pl.List(pl.String), "people": pl.List(pl.UInt32)},
    )
