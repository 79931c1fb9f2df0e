"""The tables of a published copy: its tree, and the counts and shares of facet values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import polars as pl

from clioscope.facets.facet import built_facets
from clioscope.privacy.crowd import Crowd
from clioscope.privacy.plan import Plan
from clioscope.privacy.thresholds import round_count
from clioscope.settings import PrivacySettings

if TYPE_CHECKING:
    from clioscope.atlas import Atlas

_KEY = ["group", "facet", "value"]
_COUNTS: dict[str, Any] = {"group": pl.String, "facet": pl.String, "value": pl.String, "count": pl.UInt32}


def tree_table(published: pl.DataFrame, plan: Plan, crowd: Crowd, settings: PrivacySettings) -> pl.DataFrame:
    """The tree of a copy: its groups with rounded sizes, of each level the largest first. Those of one rounded size are
    in the order of their ids, so that the order tells no more than the sizes.

    ``withheld``: how many conversations of a group are in no group below it that is shown (0 for one without any).
    """
    groups = published["group"].to_list()
    columns = ["group", "level", "parent", "name", "description", "mixed", "code", "count", "score", "action"]
    columns += [name for name in ("none",) if name in published.columns]
    sizes = {
        "count": [round_count(plan.size(group, crowd), settings) for group in groups],
        "withheld": [round_count(plan.withheld_size(group, crowd), settings) for group in groups],
    }
    made = [pl.Series(name, values, dtype=pl.UInt32) for name, values in sizes.items()]
    table = published.select(columns).with_columns(made)
    return table.sort(["level", "count", "group"], descending=[True, True, False])


def facet_tables(
    shares: pl.DataFrame | None, plan: Plan, crowd: Crowd, tree: pl.DataFrame, settings: PrivacySettings
) -> tuple[pl.DataFrame, pl.DataFrame | None]:
    """The rounded counts of the values of closed facets (group, facet, value, count), and their shares.

    The row with value null counts what is withheld, unknown or other, so that the rows of a group make up the group.
    Where not every conversation was asked, counts are estimated from the ``shares`` of the atlas (None for one without
    them); those of the copy are parts of the group's rounded count.
    """
    counted = _counts(plan, crowd, settings)
    if shares is not None:
        shares = _shares(shares, counted, tree, settings)
        joint = counted.join(shares, on=_KEY, how="inner", maintain_order="left")
        guessed = pl.when("exact").then("count").otherwise("estimate").cast(pl.UInt32).alias("count")
        values = joint.select(*_KEY, guessed, "exact")
        told, left = _withheld(counted, values, tree)
        counted = pl.concat([part.select(*_KEY, "count") for part in (values, told, left)])
        shares = shares.drop("exact", "estimate")
    order = ["group", "facet", pl.col("value").is_null(), "count", "value"]
    return counted.sort(order, descending=[False, False, False, True, False]), shares


def _counts(plan: Plan, crowd: Crowd, settings: PrivacySettings) -> pl.DataFrame:
    rows: list[tuple[str, str, str | None, int]] = []
    for facet, cells in plan.cells.items():
        if not cells:
            continue
        known = dict.fromkeys(plan.shown.parents, 0)
        for (group, value), members in cells.items():
            size = crowd.size(members)
            known[group] += size
            rows.append((group, facet, value, round_count(size, settings)))
        for group, size in known.items():
            rest = max(0, plan.size(group, crowd) - size)
            if rest:
                rows.append((group, facet, None, round_count(rest, settings)))
    return pl.DataFrame(rows, schema=_COUNTS, orient="row")


def _withheld(counted: pl.DataFrame, values: pl.DataFrame, tree: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows of what is withheld or other: as counted where all values are shown as counted, otherwise what the shown
    ``values`` leave of the size of the group."""
    pair = ["group", "facet"]
    cells = counted.group_by(pair).agg(pl.col("value").count().alias("cells"))
    shown = values.group_by(pair).agg(
        pl.col("exact").sum().alias("kept"), pl.col("count").sum().cast(pl.Int64).alias("known")
    )
    both = cells.join(shown, on=pair, how="left").with_columns(pl.col("kept", "known").fill_null(0))
    other = both.filter(pl.col("cells") != pl.col("kept"))
    told = counted.filter(pl.col("value").is_null()).join(other, on=pair, how="anti")
    rest = other.join(tree.select("group", size=pl.col("count").cast(pl.Int64)), on="group", how="inner")
    rest = rest.with_columns(
        count=(pl.col("size") - pl.col("known")).clip(lower_bound=0), value=pl.lit(None, pl.String)
    )
    return told, rest.filter(pl.col("count") > 0).select(*_KEY, pl.col("count").cast(pl.UInt32))


def counted_shares(atlas: Atlas, conversations: Sequence[str]) -> pl.DataFrame | None:
    """The shares of an atlas (``atlas.shares``), estimated again from the rows of ``conversations`` alone.
    None for an atlas without shares."""
    import numpy as np

    from clioscope.atlas.membership import rows_of
    from clioscope.prediction.share_table import Known, share_table

    if not (atlas.path / "shares.parquet").exists():
        return None
    kept = atlas.clusters["conversation"].is_in(list(conversations))
    rows = atlas.clusters.filter(kept).join(atlas.conversations, on="conversation", how="left", maintain_order="left")
    base = rows["group"].unique(maintain_order=True).to_list()
    parents: dict[str, str | None] = dict(atlas.tree.select("group", "parent").iter_rows())
    held = {group: numbers.tolist() for group, numbers in rows_of(parents, base, np.arange(len(base))).items()}
    facets, probabilities = (atlas.table(name).filter(kept) for name in ("facets", "probabilities"))
    arrays = [atlas.array(name)[kept.to_numpy()] for name in ("chances", "said")]
    known = Known(facets, probabilities, atlas.table("values"), *arrays)
    place = {group: number for number, group in enumerate(base)}
    strata = np.array([place[group] for group in rows["group"]])
    return share_table(known, built_facets(atlas.manifest), strata, held, rows["count"].to_numpy())


def _shares(table: pl.DataFrame, counted: pl.DataFrame, tree: pl.DataFrame, settings: PrivacySettings) -> pl.DataFrame:
    """group, facet, value, share, low, high, exact, estimate: of the values that are counted, as rounded counts of the
    group's rounded count. A share of all conversations is the published count itself."""
    sizes = tree.select("group", size="count")
    step = settings.rounding

    def as_counted(name: str) -> pl.Expr:
        guessed = (pl.col(name) * pl.col("size") / step).round() * step
        told = pl.when("exact").then(pl.col("counted")).otherwise(guessed)
        return (told / pl.col("size")).clip(0, 1).round(4).alias(name)

    return (
        table.select(*_KEY, "share", "low", "high", "exact")
        .join(counted.select(*_KEY, pl.col("count").alias("counted")), on=_KEY, how="inner")
        .join(sizes, on="group", how="inner")
        .with_columns(
            ((pl.col("share") * pl.col("size") / step).round().clip(1) * step).cast(pl.UInt32).alias("estimate")
        )
        .filter(pl.col("exact") | (pl.col("share") * pl.col("size") >= settings.min_conversations))
        .select(*_KEY, *map(as_counted, ("share", "low", "high")), "exact", "estimate")
        .sort("group", "facet", "share", "value", descending=[False, False, True, False])
    )
