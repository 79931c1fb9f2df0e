"""The tree as readers see it: its rows, their order and names, their sizes, and what is said of them as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from clioscope.atlas.none import none_groups
from clioscope.atlas.reading import group_reading
from clioscope.atlas.segments import has_segments
from clioscope.atlas.shares import asked_counts

if TYPE_CHECKING:
    import polars as pl

    from clioscope.atlas import Atlas


def groups_table(atlas: Atlas) -> pl.DataFrame:
    """One row per group, parents before children, with its share of all conversations. Withheld names are masked.

    Where conversations are cut into segments, count is how many conversations touch the group, and share is the sum of
    the weights of its segments (``weight``) as a part of all; the shares of the base groups sum to 1, counts do not.

    ``asked`` and ``inferred``: of how many conversations the model said something, and of how many others something is
    inferred from that. ``read_characters``, ``read_turns``, ``encoded_characters``, ``encoded_turns`` and
    ``poorly_read``: see ``group_reading``. An atlas of an earlier version, or a published one, does not tell.
    """
    import polars as pl

    total = total_count(atlas)
    order = {group: place for place, (group, _) in enumerate(walk(atlas))}
    table = shown_tree(atlas)
    for told in (asked_counts(atlas), group_reading(atlas)):
        if told is not None:
            table = table.join(told, on="group", how="left")
    return (
        table.with_columns(
            (pl.col(sized_by(atlas)) / total).alias("share"),
            pl.col("group").replace_strict(order, return_dtype=pl.Int64).alias("order"),
        )
        .sort("order")
        .drop("order")
    )


def shown_tree(atlas: Atlas) -> pl.DataFrame:
    """The tree as it may be shown: a withheld name is replaced by a mark, its description and phrases by nothing."""
    import polars as pl

    hidden = pl.col("action") == "withheld"
    table = atlas.tree.with_columns(
        pl.Series("name", [shown_name(row) for row in atlas.tree.iter_rows(named=True)], dtype=pl.String),
        pl.when(hidden).then(pl.lit("")).otherwise(pl.col("description")).alias("description"),
    )
    if "phrases" in table.columns:
        table = table.with_columns(pl.when(~hidden).then(pl.col("phrases")).otherwise([]).alias("phrases"))
    return table


def shown_name(row: dict[str, Any]) -> str:
    """The name of a group, or a mark if it is withheld (by the auditor, or because the auditor gave no answer)."""
    if row["action"] != "withheld":
        return str(row["name"])
    return "(name withheld for privacy)" if row["score"] is not None else "(name withheld: it could not be audited)"


def said_of_mixed(atlas: Atlas) -> str:
    """A sentence that says how many groups are mixed; empty where none is."""
    import polars as pl

    count = atlas.tree.filter(pl.col("mixed") & ~pl.col("group").is_in(none_groups(atlas.tree))).height
    if not count:
        return ""
    groups = "1 group is" if count == 1 else f"{count:,} groups are"
    return f"{groups} mixed: the conversations have too little in common for a name."


def said_of_none(atlas: Atlas) -> str:
    """A sentence that says how many conversations were gathered because they fit no other group; empty if none were."""
    import polars as pl

    count = int(atlas.tree.filter(pl.col("group").is_in(none_groups(atlas.tree)))["count"].sum())
    if not count:
        return ""
    return "1 conversation fits no group." if count == 1 else f"{count:,} conversations fit no group."


def said_of_hidden(atlas: Atlas) -> str:
    """A sentence that says how many groups and conversations the analyst has hidden; empty where none are."""
    counts = atlas.manifest["counts"]
    if not counts.get("hidden_groups"):
        return ""
    groups = "1 group" if counts["hidden_groups"] == 1 else f"{counts['hidden_groups']:,} groups"
    return f"{groups} with {counts['hidden']:,} more conversations {'is' if groups == '1 group' else 'are'} hidden."


def total_count(atlas: Atlas) -> int:
    """How many conversations the atlas holds, with duplicates; for a published atlas, those it was made from.

    Those that the analyst has hidden do not count.
    """
    if atlas.published or has_segments(atlas) or "edited" in atlas.manifest:
        return int(atlas.manifest["counts"]["analysed"])
    return int(atlas.conversations["count"].sum())


def sized_by(atlas: Atlas) -> str:
    """The column of the tree that says which share of all conversations a group is."""
    return "weight" if has_segments(atlas) else "count"


def walk(atlas: Atlas) -> Iterator[tuple[str, int]]:
    """Groups with their depth, in reading order: largest first, children after their parent. Mixed ones come after the
    others, and the one of what fits no group last."""
    import polars as pl

    none = pl.col("group").is_in(none_groups(atlas.tree))
    rows = atlas.tree.sort(none, "mixed", "count", "group", descending=[False, False, True, False])
    children: dict[str | None, list[str]] = {}
    for group, parent in rows.select("group", pl.col("parent")).iter_rows():
        children.setdefault(parent, []).append(group)

    def below(parent: str | None, depth: int) -> Iterator[tuple[str, int]]:
        for group in children.get(parent, []):
            yield group, depth
            yield from below(group, depth + 1)

    yield from below(None, 0)
