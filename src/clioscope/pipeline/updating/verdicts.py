"""The tree of an updated atlas with its flags, and the audit of the names that are new."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from clioscope.naming.candidates import Label
from clioscope.pipeline.updating.naming import Known, unbacked
from clioscope.pipeline.updating.rows import read

if TYPE_CHECKING:
    import polars as pl

    from clioscope.pipeline.run import Run
    from clioscope.pipeline.updating.arrivals import Arrivals


def raw_labels(old: Path, tree: pl.DataFrame) -> dict[str, Label]:
    """The labels of the groups of a tree before the audit, by id."""
    import polars as pl

    audit = read(old, "audit").select("group", "raw_name", "raw_description")
    rows = tree.join(audit, on="group", how="left", maintain_order="left")
    if "code" not in rows.columns:  # an older atlas
        rows = rows.with_columns(code=pl.lit(None, dtype=pl.String))
    columns = ("group", "raw_name", "raw_description", "phrases", "mixed", "code")
    return {
        group: Label(name, description, tuple(phrases), *more)
        for group, name, description, phrases, *more in rows.select(columns).iter_rows()
    }


def flagged(
    made: pl.DataFrame, tree: pl.DataFrame, none: set[str], candidates: set[str], promoted: set[str]
) -> pl.DataFrame:
    """The tree with the columns ``none`` and ``candidate``: those of the earlier ``tree``, and the groups given; those
    ``promoted`` are candidates no more."""
    import polars as pl

    flags = {"none": none, "candidate": candidates}
    for name, groups in flags.items():
        groups |= set(tree.filter(name)["group"]) if name in tree.columns else set()
    flags["candidate"] -= promoted
    return made.with_columns(pl.col("group").is_in(list(groups)).alias(name) for name, groups in flags.items())


def write_audited(
    old: Path,
    run: Run,
    made: pl.DataFrame,
    tree: pl.DataFrame,
    fresh: set[str],
    arrivals: Arrivals,
    base: list[str],
) -> None:
    """Audit the names of the groups in ``fresh``; the others keep their verdicts."""
    import polars as pl

    from clioscope.facets.language import language_name
    from clioscope.pipeline.stages.audit import in_place
    from clioscope.privacy.audit import audit_labels

    settings = run.settings
    new = made.filter(pl.col("group").is_in(list(fresh)))
    asker = run.askers.ask("audit", "naming") if new.height else None
    found = audit_labels(
        list(new.filter(~pl.col("none") & pl.col("code").is_null()).select("name", "description").iter_rows()),
        settings.privacy,
        ask=asker,
        language=language_name(settings.facets.language),
        words=settings.naming.max_words,
    )
    verdicts = in_place(found, new, asker is not None and settings.privacy.audit)
    schema = ["name", "description", "score", "first_score", "action"]
    judged = pl.DataFrame(verdicts, schema=schema, orient="row").with_columns(new["group"])
    raw = made.select("group", raw_name="name", raw_description="description")
    before = read(old, "audit").filter(~pl.col("group").is_in(list(fresh)))
    figures = pl.concat(
        [
            before.select("group", "score", "first_score", "action"),
            judged.select("group", "score", "first_score", "action").cast(
                {name: before.schema[name] for name in ("score", "first_score", "action")}
            ),
        ]
    )
    run.take(audit=raw.join(figures, on="group", how="left", maintain_order="left").select(before.columns))
    known = Known(run.table("facets"), arrivals.occurrences, arrivals.transcripts)
    shown = made.update(judged.select("group", "name", "description"), on="group")
    told = tree.select("group", name_told="name", text_told="description", unbacked_told="unbacked")
    shown = shown.join(told.filter(~pl.col("group").is_in(list(fresh))), on="group", how="left", maintain_order="left")
    anew = [group for group in shown["group"] if group in fresh]
    backed = dict(zip(anew, unbacked(run, known, shown, base, anew), strict=True)) if anew else {}
    shown = shown.with_columns(
        name=pl.coalesce("name_told", "name"),
        description=pl.coalesce("text_told", "description"),
        unbacked=pl.coalesce(
            "unbacked_told", pl.Series([backed.get(group, False) for group in shown["group"]], dtype=pl.Boolean)
        ),
    )
    shown = shown.join(figures, on="group", how="left", maintain_order="left")
    rest = [name for name in tree.columns if name not in shown.columns]  # of other parts of the program
    shown = shown.join(tree.select("group", *rest), on="group", how="left", maintain_order="left")
    columns = [*tree.columns, *(name for name in ("none", "candidate") if name not in tree.columns)]
    run.take(tree=shown.select(columns))
