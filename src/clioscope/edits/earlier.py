"""The earlier atlas as its analyst had edited it: what the lineage of an edited atlas is told from.

The table ``lineage`` of a build compares two builds. A reader of an edited atlas wants to know what became of the
groups that were seen before, so the build keeps which groups its predecessor showed.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from clioscope.atlas import Atlas
from clioscope.atlas.files import write_table
from clioscope.atlas.membership import members_of
from clioscope.files.folders import is_atlas
from clioscope.lineage.table import lineage_table, names_before

if TYPE_CHECKING:
    import polars as pl

    from clioscope.edits.draft import Draft

EARLIER, EARLIER_TREE = "earlier", "earlier_tree"
LINEAGE = "lineage"


def write_earlier(folder: Path, predecessor: Path) -> None:
    """Keep which groups the ``predecessor`` of the atlas in ``folder`` showed.

    The table ``earlier`` has one row per conversation (conversation, group: its base group), the table
    ``earlier_tree`` one per group (group, level, parent, name, action, names_before). A build without a predecessor
    has neither.
    """
    import polars as pl

    if not (folder / f"{LINEAGE}.parquet").exists() or not is_atlas(predecessor):
        for name in (EARLIER, EARLIER_TREE):
            (folder / f"{name}.parquet").unlink(missing_ok=True)
        return
    atlas = Atlas(predecessor)
    history = names_before(atlas.table(LINEAGE)) if (predecessor / f"{LINEAGE}.parquet").exists() else {}
    tree = atlas.tree.select("group", "level", "parent", "name", "action")
    held = pl.Series("names_before", [history.get(group, []) for group in tree["group"]], dtype=pl.List(pl.String))
    seen = atlas.clusters.select("conversation", "group").join(tree, on="group", how="semi", maintain_order="left")
    write_table(folder / f"{EARLIER}.parquet", seen)
    write_table(folder / f"{EARLIER_TREE}.parquet", tree.with_columns(held))


def edited_lineage(folder: Path, draft: Draft, clusters: pl.DataFrame, tree: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The table ``lineage`` of an edited atlas, by name; empty where the build kept no earlier atlas.

    ``clusters`` (conversation, group) and ``tree`` are those of the edited atlas. No name of a group that edits took
    away is in it, and no group that is hidden.
    """
    import polars as pl

    if not all((folder / f"{name}.parquet").exists() for name in (EARLIER, EARLIER_TREE)):
        return {}
    seen, before = (pl.read_parquet(folder / f"{name}.parquet", glob=False) for name in (EARLIER, EARLIER_TREE))
    hidden = {node.group for node in draft.nodes.values() if draft.is_hidden(node)}
    hidden |= {group for group, to in draft.followed.items() if to in hidden}
    before = before.filter(~pl.col("group").is_in(sorted(hidden)))  # what is hidden is not gone: nothing is said of it
    history = {group: list(names) for group, names in before.select("group", "names_before").iter_rows()}
    table = lineage_table(before, tree, members_of(seen, before), members_of(clusters, tree), history)
    gone = sorted(draft.lost - set(tree["name"]))
    if gone:
        left = pl.element().filter(~pl.element().is_in(gone))
        table = table.with_columns(
            pl.col("names_before").list.eval(left), name=pl.when(~pl.col("name").is_in(gone)).then(pl.col("name"))
        )
    return {LINEAGE: table}
