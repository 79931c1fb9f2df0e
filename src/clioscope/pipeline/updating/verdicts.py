"""The tree of an updated atlas with its flags, and the audit of the names that are new."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from clioscope.naming.candidates import Label
from clioscope.pipeline.updating.names_hidden import recognise
from clioscope.pipeline.updating.naming import Known, public, unbacked
from clioscope.pipeline.updating.rows import read

if TYPE_CHECKING:
    import polars as pl

    from clioscope.pipeline.run import Run
    from clioscope.pipeline.updating.arrivals import Arrivals
    from clioscope.privacy.audit import Recognise


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
    """Audit the names of the groups in ``fresh``, and have words that many wrote stand for those that are withheld (a
    build tries ready-made names first); the other groups keep their names and verdicts."""
    import polars as pl

    from clioscope.privacy.public_names import TABLE, with_spare_names

    known = Known(run.table("facets"), arrivals.occurrences, arrivals.transcripts)
    anew = [group for group in made["group"] if group in fresh]
    scores = recognise(run, known.facets, arrivals) if anew else None
    fresh_rows = pl.col("group").is_in(anew)
    judged = _judged(run, made.filter(fresh_rows), scores, made.filter(~fresh_rows)["name"].to_list())
    before = read(old, "audit").filter(~pl.col("group").is_in(anew))
    verdict = ("group", "score", "first_score", "action")
    figures = pl.concat([before.select(verdict), judged.select(verdict)], how="vertical_relaxed")
    told = tree.filter(~pl.col("group").is_in(anew)).select("group", "name", "description")
    names = pl.concat([told, judged.select(told.columns)], how="vertical_relaxed")
    shown = made.update(names, on="group", maintain_order="left")
    shown = shown.join(figures, on="group", how="left", maintain_order="left")
    if anew and (old / f"{TABLE}.parquet").exists():
        counted = public(run, known, shown, base, anew)
        if scores is not None:
            shown, counted = with_spare_names(shown, counted, scores, run.settings.privacy.accept)
        others = read(old, TABLE).filter(~pl.col("group").is_in(anew))
        run.take(public_names=pl.concat([others, counted]))
    raw = made.select("group", raw_name="name", raw_description="description")
    audit = raw.join(shown.select(verdict), on="group", how="left", maintain_order="left")
    run.take(audit=audit.select(before.columns))
    backed = dict(zip(anew, unbacked(run, known, shown, base, anew), strict=True)) if anew else {}
    rest = [name for name in tree.columns if name not in (*shown.columns, "unbacked")]  # of other parts of the program
    told = tree.select("group", *rest, told="unbacked")
    shown = shown.join(told, on="group", how="left", maintain_order="left")
    own = pl.Series([backed.get(group) for group in shown["group"]], dtype=pl.Boolean)
    shown = shown.with_columns(unbacked=pl.coalesce(own, "told", False))
    columns = [*tree.columns, *(name for name in ("none", "candidate") if name not in tree.columns)]
    run.take(tree=shown.select(columns))


def _judged(run: Run, new: pl.DataFrame, scores: Recognise | None, taken: Collection[str]) -> pl.DataFrame:
    """group, name, description, score, first_score and action of new groups: the verdicts on their names."""
    import polars as pl

    from clioscope.facets.language import language_name
    from clioscope.pipeline.stages.audit import in_place
    from clioscope.privacy.audit import audit_labels

    settings = run.settings
    asker = run.askers.ask("audit", "naming") if new.height else None
    found = audit_labels(
        list(new.filter(~pl.col("none") & pl.col("code").is_null()).select("name", "description").iter_rows()),
        settings.privacy,
        ask=asker,
        language=language_name(settings.facets.language),
        words=settings.naming.max_words,
        recognise=scores,
        taken=taken,
    )
    verdicts = in_place(found, new, asker is not None and settings.privacy.audit)
    schema = ["name", "description", "score", "first_score", "action"]
    return pl.DataFrame(verdicts, schema=schema, orient="row").with_columns(new["group"])
