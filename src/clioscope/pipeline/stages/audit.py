"""The stage ``audit``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from clioscope.pipeline.job import Job
from clioscope.pipeline.stage import stage
from clioscope.pipeline.stages.naming import KNOWN, authors_of, known, languages_told, support_of
from clioscope.pipeline.stages.people import PEOPLE, recogniser_of, written

if TYPE_CHECKING:
    import polars as pl

    from clioscope.privacy.audit import Verdict


@stage(
    "audit",
    version=11,
    reads=(*KNOWN, "clusters.group", "unaudited", "ready_names"),
    writes=("audit", "tree", "public_names"),
    settings=(
        "privacy.audit",
        "privacy.auditor",
        "privacy.accept",
        "privacy.word_users",
        "naming.support",
        "naming.max_words",
        "facets.language",
        *PEOPLE,
    ),
    prompts=("audit", "audit_scale", "redact", "examples.toml"),
    role="naming",
    given=("facets",),
)
def audit(job: Job) -> None:
    """A verdict on every name and description; what fails is rewritten, replaced by what many back, or withheld."""
    import polars as pl

    from clioscope.facets.language import language_name
    from clioscope.privacy.audit import audit_labels
    from clioscope.privacy.backing import Backing
    from clioscope.privacy.public_names import TABLE, public_names, with_spare_names
    from clioscope.privacy.recognised import recognise_by

    settings, tree, ask = job.settings, job.table("unaudited"), job.asker()
    recognise = recognise_by(settings.privacy, lambda: written(job))
    ours = ~pl.col("none") & pl.col("code").is_null()  # the other names are not the model's
    found = audit_labels(
        list(tree.filter(ours).select("name", "description").iter_rows()),
        settings.privacy,
        ask=ask,
        language=language_name(settings.facets.language),
        words=settings.naming.max_words,
        recognise=recognise,
        taken=tree.filter(~ours)["name"].to_list(),
    )
    verdicts = in_place(found, tree, ask is not None and settings.privacy.audit)
    judged = pl.DataFrame(verdicts, schema=["name", "description", "score", "first_score", "action"], orient="row")
    raw = tree.select("group", raw_name="name", raw_description="description")
    tree = tree.with_columns(judged.get_columns())
    texts, owners, _, copies = known(job)
    base = job.table("clusters")["group"].to_list()
    backing = Backing(texts, owners, settings.naming.support, copies)
    language = language_name(settings.facets.language)
    least, words = settings.privacy.word_users, settings.naming.max_words
    public = public_names(
        *(tree, base, texts, authors_of(job), copies, support_of(job)),
        least=least,
        words=words,
        language=language,
        refused=tree.filter(action="withheld")["group"].to_list(),
        model=ask is not None,
        languages=languages_told(job.table("facets")),
        ready={
            group: list(zip(names, people, strict=True))
            for group, names, people in job.table("ready_names").iter_rows()
        },
    )
    if recognise is not None:
        tree, public = with_spare_names(tree, public, recognise, settings.privacy.accept)
    unbacked = backing.unbacked(tree, base)
    job.write_table(TABLE, public)
    job.write_table("audit", raw.with_columns(tree.select("score", "first_score", "action").get_columns()))
    job.write_table("tree", tree.with_columns(pl.Series("unbacked", unbacked, dtype=pl.Boolean)))
    recogniser = None if recognise is None else recogniser_of(job)
    job.note(recogniser=None if recogniser is None else recogniser.id)


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
