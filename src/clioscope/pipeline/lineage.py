"""The table ``lineage`` of a build that has a predecessor."""

from __future__ import annotations

from clioscope.atlas.membership import members_of
from clioscope.lineage.table import lineage_table
from clioscope.pipeline.run import Run

LINEAGE = "lineage"


def write_lineage(run: Run) -> None:
    """Write what became of the groups of the predecessor; a build without one has no such table."""
    if not run.has("before_tree"):
        (run.folder / f"{LINEAGE}.parquet").unlink(missing_ok=True)
        return
    before, tree = run.table("before_tree"), run.table("tree")
    old = members_of(run.table("before_clusters", ["conversation", "group"]), before)
    new = members_of(run.table("clusters", ["conversation", "group"]), tree)
    history = dict(before.select("group", "names_before").iter_rows())
    run.write_table(LINEAGE, lineage_table(before, tree, old, new, history))
