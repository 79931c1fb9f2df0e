"""The stage ``audit``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from clioscope.pipeline.job import Job
from clioscope.pipeline.stage import stage
from clioscope.pipeline.stages.naming import KNOWN, known

if TYPE_CHECKING:
    import polars as pl

    from clioscope.privacy.audit import Verdict


@stage(
    "audit",
    version=2,
    reads=(*KNOWN, "clusters.group", "unaudited"),
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
    from clioscope.privacy.audit import audit_labels
    from clioscope.privacy.backing import Backing

    settings, tree, ask = job.settings, job.table("unaudited"), job.asker()
    ours = ~pl.col("none") & pl.col("code").is_null()  # the other names are not the model's
    found = audit_labels(
        list(tree.filter(ours).select("name", "description").iter_rows()),
        settings.privacy,
        ask=ask,
        language=language_name(settings.facets.language),
        words=settings.naming.max_words,
    )
    verdicts = in_place(found, tree, ask is not None and settings.privacy.audit)
    judged = pl.DataFrame(verdicts, schema=["name", "description", "score", "first_score", "action"], orient="row")
    raw = tree.select("group", raw_name="name", raw_description="description")
    job.write_table("audit", raw.with_columns(judged.select("score", "first_score", "action").get_columns()))
    tree = tree.with_columns(judged.get_columns())
    texts, owners, _, copies = known(job)
    backing = Backing(texts, owners, settings.naming.support, copies)
    unbacked = backing.unbacked(tree, job.table("clusters")["group"].to_list())
    job.write_table("tree", tree.with_columns(pl.Series("unbacked", unbacked, dtype=pl.Boolean)))


def in_place(found: Sequence[Verdict], tree: pl.DataFrame, audited: bool) -> list[Verdict]:
    """The verdicts in the order of the tree. A given category keeps its name, and no auditor is asked about it, nor
    about the name of what fits no group."""
    from clioscope.privacy.audit import Verdict

    plain = (5, 5, "accepted") if audited else (None, None, "unaudited")
    coming = iter(found)
    return [
        Verdict(name, description, None, None, "given")
        if code is not None
        else Verdict(name, description, *plain)
        if none
        else next(coming)
        for name, description, code, none in tree.select("name", "description", "code", "none").iter_rows()
    ]
