"""The lineage of an atlas as a table: what happened to every group since the earlier atlas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from clioscope.lineage.fates import Happened, what_happened
from clioscope.lineage.overlap import overlap

if TYPE_CHECKING:
    import polars as pl


def lineage_table(
    old: pl.DataFrame,
    new: pl.DataFrame,
    old_members: pl.DataFrame,
    new_members: pl.DataFrame,
    history: Mapping[str, Sequence[str]] | None = None,
) -> pl.DataFrame:
    """One row per group of the later atlas, and per group of the earlier one that is gone.

    ``old`` and ``new`` are tables of trees (group, level, name, and action where there is one). ``old_members`` and
    ``new_members`` hold one row per conversation and group, at every level: conversation, group. ``history``: earlier
    names of groups of the earlier atlas, oldest first.

    Groups are compared with those of the same level (see ``tiers``).
    Columns: level; group (null if it is gone); before (ids of old groups that it came from); after (ids of groups that
    an old one went to); fate; common, old_size, new_size (distinct conversations); overlap (Jaccard index over the
    conversations that both atlases have, 0 to 1); name; names_before (oldest first); kept_name (null where there is
    nothing to compare). Names that the auditor withheld are left out.
    """
    import polars as pl

    rows: list[tuple[Any, ...]] = []
    names, before = _names(new), _names(old)
    levels = dict(old.select("group", "level").iter_rows()) | dict(new.select("group", "level").iter_rows())
    for old_part, new_part in tiers(old, new, old_members, new_members):
        happened = what_happened(overlap(old_part, new_part))
        rows += [_row(one, levels, names, before, history or {}) for one in happened]
    ids = pl.List(pl.String)
    schema: dict[str, Any] = {"level": pl.UInt8, "group": pl.String, "before": ids, "after": ids, "fate": pl.String}
    schema |= dict.fromkeys(("common", "old_size", "new_size"), pl.UInt32) | {"overlap": pl.Float64}
    schema |= {"name": pl.String, "names_before": ids, "kept_name": pl.Boolean}
    table = pl.DataFrame(rows, schema=schema, orient="row")
    return table.sort(
        pl.col("level"),
        pl.max_horizontal("new_size", "old_size"),
        pl.col("group"),
        pl.col("before").list.first(),
        descending=[True, True, False, False],
        nulls_last=True,
    )


def names_before(lineage: pl.DataFrame) -> dict[str, list[str]]:
    """The earlier names of each group of an atlas, oldest first, from its table of lineage."""
    rows = lineage.filter(lineage["group"].is_not_null()).select("group", "names_before").iter_rows()
    return {group: list(names) for group, names in rows if names}


def tiers(
    old: pl.DataFrame, new: pl.DataFrame, old_members: pl.DataFrame, new_members: pl.DataFrame
) -> list[tuple[pl.DataFrame, pl.DataFrame]]:
    """The members of the groups that are compared with each other, base groups first.

    These are the groups of one level. Where one atlas has more levels than the other, all groups above the base are
    compared together.
    """
    most, other = (int(tree["level"].max() or 0) for tree in (old, new))  # type: ignore[arg-type]
    above = [[level] for level in range(1, most + 1)] if most == other else [list(range(1, max(most, other) + 1))]
    return [(_of(old, old_members, levels), _of(new, new_members, levels)) for levels in ([0], *above)]


def _of(tree: pl.DataFrame, members: pl.DataFrame, levels: Sequence[int]) -> pl.DataFrame:
    groups = tree.filter(tree["level"].is_in(levels)).select("group")
    return members.select("conversation", "group").join(groups, on="group", how="semi")


def _names(tree: pl.DataFrame) -> dict[str, str | None]:
    import polars as pl

    if "action" not in tree.columns:
        return dict(tree.select("group", "name").iter_rows())
    told = pl.when(pl.col("action") != "withheld").then(pl.col("name"))
    return dict(tree.select("group", told.alias("name")).iter_rows())


def _row(
    one: Happened,
    levels: Mapping[Any, int],
    names: Mapping[Any, str | None],
    before: Mapping[Any, str | None],
    history: Mapping[str, Sequence[str]],
) -> tuple[Any, ...]:
    group = one.old if one.new is None else one.new
    name = names.get(one.new) if one.new is not None else before.get(one.old)
    earlier = list(history.get(str(one.old), ())) if one.old is not None else []
    was = before.get(one.old) if one.old is not None else None
    kept: bool | None = None
    if one.new is not None and one.old is not None:
        kept = was == name
        if not kept and was:
            earlier.append(was)
    sizes = (one.common, one.old_size, one.new_size, one.overlap)
    return (levels[group], one.new, one.before, one.after, one.fate, *sizes, name, earlier, kept)
