"""The stage ``before``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clioscope.pipeline.job import Job
from clioscope.pipeline.stage import stage

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

BEFORE = ("before_clusters", "before_tree", "before_names", "before_levels")


@stage("before", writes=BEFORE, given=("before",))
def before(job: Job) -> None:
    """What a build with `--after` takes over from the earlier atlas: groups, their members and their names."""
    import polars as pl

    for name in BEFORE:  # of an earlier build in this folder
        (job.folder / f"{name}.parquet").unlink(missing_ok=True)
    found = job.before
    if found is None:
        return
    clusters = pl.read_parquet(found.folder / "clusters.parquet", glob=False).select("conversation", "group", "label")
    job.write_table("before_clusters", clusters)
    job.write_table("before_tree", _tree(found.folder, found.same_names))
    for name in ("names", "levels"):
        if found.same_names and (found.folder / f"{name}.parquet").exists():
            job.write_table(f"before_{name}", pl.read_parquet(found.folder / f"{name}.parquet", glob=False))
    job.note(names_kept=found.same_names)


def _tree(folder: Path, same_names: bool) -> pl.DataFrame:
    """The tree of an earlier atlas, with the names before the audit (null where none may be kept) and earlier names."""
    import polars as pl

    from clioscope.lineage.table import names_before

    tree = pl.read_parquet(folder / "tree.parquet", glob=False)
    for column, value in (("mixed", False), ("action", "accepted")):
        if column not in tree.columns:
            tree = tree.with_columns(pl.lit(value).alias(column))
    raw = pl.DataFrame(schema={"group": pl.String, "raw_name": pl.String, "raw_description": pl.String})
    if same_names and (folder / "audit.parquet").exists():
        raw = pl.read_parquet(folder / "audit.parquet", glob=False).select(raw.columns)
    path = folder / "lineage.parquet"
    history = names_before(pl.read_parquet(path, glob=False)) if path.exists() else {}
    earlier = pl.Series("names_before", [history.get(one, []) for one in tree["group"]], dtype=pl.List(pl.String))
    columns = ("group", "level", "parent", "name", "mixed", "action")
    return tree.select(columns).join(raw, on="group", how="left", maintain_order="left").with_columns(earlier)
