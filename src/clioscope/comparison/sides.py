"""The two sides of a comparison: what each group holds of it, and who wrote that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from clioscope.analysis.periods import parse_span, within_span
from clioscope.analysis.records import records_of
from clioscope.atlas.membership import members_of
from clioscope.atlas.shown import sized_by, total_count
from clioscope.errors import ClioscopeError

if TYPE_CHECKING:
    import polars as pl

    from clioscope.atlas import Atlas


Units = Mapping[str, Sequence[str]]  # a name, and the groups of one side that it stands for


class Side(NamedTuple):
    """One side of a comparison.

    ``name``: what readers call it. ``rows``: one row per record (or segment of one) as ``records_of`` gives them; None
    for a published atlas. ``sizes``: group -> its part of the records, of every level. ``counts``: group -> how many
    records touch it, which differs from its size for segments. ``total``: all records. ``step``: to what counts are
    rounded, 0 where they are exact. ``noisy``: whether they hold noise.
    """

    atlas: Atlas
    name: str
    rows: pl.DataFrame | None
    sizes: dict[str, float]
    counts: dict[str, int]
    total: float
    step: int = 0
    noisy: bool = False


def side_of(atlas: Atlas, name: str | None = None, period: str | None = None) -> Side:
    """What an atlas holds, or its records of a ``period`` (dates as ``parse_span`` reads them).

    Raises ClioscopeError for a period of a published atlas, and for one without records.
    """
    import polars as pl

    called = name or period or atlas.path.resolve().name
    if atlas.published:
        if period is not None:
            raise ClioscopeError(f"{atlas.path}: a published atlas holds no dates, so it has no periods to compare.")
        sizes = dict(atlas.tree.select("group", pl.col(sized_by(atlas)).cast(pl.Float64)).iter_rows())
        counts = dict(atlas.tree.select("group", "count").iter_rows())
        noisy = "guarantee" in atlas.manifest
        step = int(atlas.manifest["settings"]["privacy"]["rounding"])
        return Side(atlas, called, None, sizes, counts, float(total_count(atlas)), step, noisy)
    rows = records_of(atlas)
    if period is not None:
        dates = rows["created_at"].drop_nulls()
        rows = rows.filter(within_span(rows["created_at"], parse_span(period)))
        if rows.is_empty():
            days = dates.dt.strftime("%Y-%m-%d").sort()
            there = f"from {days[0]} to {days[-1]}" if len(days) else "without dates"
            raise ClioscopeError(f"{atlas.path}: there is no record in {period!r}; its records are {there}.")
    held = held_by(atlas, rows, "number")
    found = held.group_by("group").agg(pl.col("part").sum(), pl.len().alias("touched"))
    sizes = dict.fromkeys(atlas.tree["group"], 0.0) | dict(found.select("group", "part").iter_rows())
    counts = dict.fromkeys(atlas.tree["group"], 0) | dict(found.select("group", "touched").iter_rows())
    return Side(atlas, called, rows, sizes, counts, float(rows["part"].sum()))


def held_by(atlas: Atlas, rows: pl.DataFrame, key: str, units: Units | None = None) -> pl.DataFrame:
    """group, ``key`` (a column of ``rows``), part: what each group of any level holds of each value of the key.

    ``units``: other things to sum by than single groups, by their names, each a union of groups.
    """
    import polars as pl

    base = rows.group_by("group", key).agg(pl.col("part").sum())
    above = members_of(base.rename({key: "conversation"}), atlas.tree, "part").rename({"conversation": key})
    if units is not None:
        pairs = [(group, unit) for unit, groups in units.items() for group in groups]
        table = pl.DataFrame(pairs, schema={"group": pl.String, "unit": pl.String}, orient="row")
        above = above.join(table, on="group", how="inner").drop("group").rename({"unit": "group"})
    return above.group_by("group", key).agg(pl.col("part").sum())
