"""The stage ``audit``."""

from __future__ import annotations

from clioscope.pipeline.job import Job
from clioscope.pipeline.stage import stage
from clioscope.pipeline.stages.naming import KNOWN, known, labels


@stage(
    "audit",
    reads=(*KNOWN, "clusters.label", "unaudited"),
    writes=("audit", "tree"),
    settings=(
        "privacy.audit",
        "privacy.auditor",
        "privacy.accept",
        "naming.support",
        "naming.max_words",
        "facets.language",
    ),
    prompts=("audit", "audit_scale", "redact", "examples.toml"),
    role="naming",
    given=("facets",),
)
def audit(job: Job) -> None:
    """A verdict on every name and description; what does not pass is rewritten or withheld."""
    import polars as pl

    from clioscope.facets.language import language_name
    from clioscope.hierarchy.tree import group_ids
    from clioscope.privacy.audit import audit_labels
    from clioscope.privacy.backing import Backing

    settings, tree = job.settings, job.table("unaudited")
    verdicts = audit_labels(
        list(tree.select("name", "description").iter_rows()),
        settings.privacy,
        ask=job.asker(),
        language=language_name(settings.facets.language),
        words=settings.naming.max_words,
    )
    judged = pl.DataFrame(verdicts, schema=["name", "description", "score", "first_score", "action"], orient="row")
    raw = tree.select("group", raw_name="name", raw_description="description")
    job.write_table("audit", raw.with_columns(judged.select("score", "first_score", "action").get_columns()))
    tree = tree.with_columns(judged.get_columns())
    own = labels(job)
    base = group_ids(job.table("facets")["conversation"].to_list(), own, 0)
    texts, owners, _ = known(job)
    unbacked = Backing(texts, owners, settings.naming.support).unbacked(tree, [base[label] for label in own])
    job.write_table("tree", tree.with_columns(pl.Series("unbacked", unbacked, dtype=pl.Boolean)))
