"""The stage ``audit``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from clioscope.pipeline.job import Job
from clioscope.pipeline.stage import stage
from clioscope.pipeline.stages.naming import KNOWN, known, labels

if TYPE_CHECKING:
    import polars as pl

    from clioscope.privacy.audit import Verdict


@stage(
    "audit",
    version=2,
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
    """A verdict on every name and description that was made; what does not pass is rewritten or withheld."""
    import polars as pl

    from clioscope.facets.language import language_name
    from clioscope.hierarchy.tree import group_ids
    from clioscope.privacy.audit import audit_labels
    from clioscope.privacy.backing import Backing

    settings, tree = job.settings, job.table("unaudited")
    found = tree.filter(pl.col("code").is_null())  # the others have the names that the user gave
    verdicts = audit_labels(
        list(found.select("name", "description").iter_rows()),
        settings.privacy,
        ask=job.asker(),
        language=language_name(settings.facets.language),
        words=settings.naming.max_words,
    )
    judged = _in_place(verdicts, tree)
    raw = tree.select("group", raw_name="name", raw_description="description")
    job.write_table("audit", raw.with_columns(judged.select("score", "first_score", "action").get_columns()))
    tree = tree.with_columns(judged.get_columns())
    own = labels(job)
    base = group_ids(job.table("facets")["conversation"].to_list(), own, 0)
    texts, owners = known(job)
    unbacked = Backing(texts, owners, settings.naming.support).unbacked(tree, [base[label] for label in own])
    job.write_table("tree", tree.with_columns(pl.Series("unbacked", unbacked, dtype=pl.Boolean)))


def _in_place(verdicts: Sequence[Verdict], tree: pl.DataFrame) -> pl.DataFrame:
    """The verdicts in the order of the tree. A given category keeps its name, and no auditor is asked about it."""
    import polars as pl

    coming = iter(verdicts)
    rows = [
        next(coming) if code is None else (name, description, None, None, "given")
        for name, description, code in tree.select("name", "description", "code").iter_rows()
    ]
    schema = {"name": pl.String, "description": pl.String, "score": pl.Int64, "first_score": pl.Int64}
    return pl.DataFrame(rows, schema=schema | {"action": pl.String}, orient="row")
