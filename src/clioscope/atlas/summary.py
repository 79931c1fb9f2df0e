"""Summaries of groups by their facets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from clioscope.atlas.segments import has_segments, masses, segments_of
from clioscope.atlas.shares import WHOLE, share_text, shares_of

if TYPE_CHECKING:
    import polars as pl

    from clioscope.atlas import Atlas

_STANDS_OUT = 0.5  # a mean score is shown if it differs from the atlas's mean by at least this much
_MOST_KNOWN = 0.9  # a published atlas shows the mean of a score in a group of which at least so much is not withheld
_NEARLY = 0.1  # languages are left out where the shares of the main one in group and atlas differ by less
_CLOSED = ("score", "category", "language")


def facet_counts(atlas: Atlas) -> pl.DataFrame:
    """Counts of the values of closed facets (scores, categories, languages, length) in every group.

    Columns: group, facet, value, count (with duplicates; of segments the sum of their parts of conversations), most
    frequent first. A published atlas has them stored; there the value null stands for what is withheld, unknown or
    other.
    """
    import polars as pl

    if atlas.published:
        return atlas.facet_counts
    closed = [
        facet["name"] for facet in atlas.manifest["facets"] if facet["type"] in _CLOSED or facet["name"] == "length"
    ]
    segments = segments_of(atlas)
    kind = pl.UInt32 if segments is None else pl.Float64
    held = atlas.membership.with_columns(masses(atlas.membership, segments))
    frames = [
        held.join(atlas.facets.select("conversation", name), on="conversation", how="left")
        .filter(pl.col(name).is_not_null())
        .group_by("group", pl.col(name).cast(pl.String).alias("value"))
        .agg(pl.col("count").sum())
        .select("group", pl.lit(name).alias("facet"), "value", pl.col("count").cast(kind))
        for name in closed
        if name in atlas.facets.columns
    ]
    if not frames:
        schema = {"group": pl.String, "facet": pl.String, "value": pl.String, "count": kind}
        return pl.DataFrame(schema=schema)
    return pl.concat(frames).sort("group", "facet", "count", "value", descending=[False, False, True, False])


def group_summaries(atlas: Atlas, *, telling: bool = False) -> dict[str, str]:
    """One short line per group: its languages, and the means of scores that are far from the atlas's mean.

    ``telling``: the languages of a group are left out where they are those of the whole atlas, whose most frequent
    language has nearly the same share in the group (a difference of less than .1).
    """
    import polars as pl

    told = facet_counts(atlas)
    counts = told.drop_nulls("value")
    sizes = dict(zip(atlas.tree["group"], atlas.tree["count"], strict=True))
    if has_segments(atlas) and not atlas.published:  # a conversation has a part in each group that it touches
        sizes = dict(zip(atlas.tree["group"], atlas.tree["weight"], strict=True))
    lines: dict[str, list[str]] = {group: [] for group in atlas.tree["group"]}
    usual = _main_language(counts, atlas.tree, sizes) if telling else None
    for (group,), rows in counts.filter(pl.col("facet") == "language").group_by("group"):
        total = sizes[str(group)]  # not the sum of what is known: every share is a part of the group
        top = rows.sort("count", "value", descending=[True, False]).head(3)
        if usual is not None and _is_usual(top, total, usual):
            continue
        lines[str(group)].append(
            ", ".join(
                f"{value} {share_text(count, total)}" for value, count in top.select("value", "count").iter_rows()
            )
        )
    for facet in (scored["name"] for scored in atlas.manifest["facets"] if scored["type"] == "score"):
        means = _means(atlas, facet, _known(told, facet) if atlas.published else counts)
        mean = means.pop(WHOLE, None)
        for group, own in means.items():
            if mean is not None and group in lines and abs(own - mean) >= _STANDS_OUT:
                lines[group].append(f"{facet} {own:.1f}")
    return {group: " · ".join(line) for group, line in lines.items()}


def _main_language(counts: pl.DataFrame, tree: pl.DataFrame, sizes: Mapping[str, float]) -> tuple[str, float] | None:
    """The most frequent language of the groups at the top, and its share of them; None where none is known."""
    import polars as pl

    top = tree.filter(pl.col("parent").is_null())["group"]
    rows = counts.filter((pl.col("facet") == "language") & pl.col("group").is_in(top.implode()))
    if rows.is_empty():
        return None
    sums = rows.group_by("value").agg(pl.col("count").sum()).sort("count", "value", descending=[True, False])
    return str(sums["value"][0]), sums["count"][0] / max(sum(sizes[group] for group in top), 1)


def _is_usual(top: pl.DataFrame, total: float, usual: tuple[str, float]) -> bool:
    """Whether the most frequent language of a group is that of the atlas, with nearly the same share."""
    value, count = top.select("value", "count").row(0)
    return bool(value == usual[0] and abs(count / max(total, 1) - usual[1]) < _NEARLY)


def _known(told: pl.DataFrame, facet: str) -> pl.DataFrame:
    """The counts of a score in the groups of which nearly all is known; the mean of the rest would mislead."""
    import polars as pl

    rows = told.filter(pl.col("facet") == facet)
    shown = pl.col("count").filter(pl.col("value").is_not_null()).sum().over("group")
    return rows.filter(shown >= _MOST_KNOWN * pl.col("count").sum().over("group")).drop_nulls("value")


def _means(atlas: Atlas, facet: str, counts: pl.DataFrame) -> dict[str, float]:
    """The mean of a score in each group, and as ``WHOLE`` over all groups: from the estimated shares, where the atlas
    has them, since what is inferred of single conversations is the likeliest value and not the mean."""
    import polars as pl

    table = None if atlas.published else shares_of(atlas)
    if table is None:
        table = counts.rename({"count": "share"})
        table = pl.concat([table, table.with_columns(group=pl.lit(WHOLE))])
    values = table.filter(pl.col("facet") == facet).with_columns(pl.col("value").cast(pl.Float64))
    mean = (pl.col("value") * pl.col("share")).sum() / pl.col("share").sum()
    return dict(values.group_by("group").agg(mean).drop_nulls().iter_rows())
