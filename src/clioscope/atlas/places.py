"""Where the conversations of an atlas lie on its map; of a published one, where its groups lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clioscope.atlas.shown import sized_by

if TYPE_CHECKING:
    import polars as pl

    from clioscope.atlas.atlas import Atlas


def has_places(atlas: Atlas) -> bool:
    """Whether an atlas has a map: places of conversations, or, published, of groups."""
    if not atlas.published:
        return (atlas.path / "layout.parquet").exists()
    return {"x", "y"} <= set(atlas.tree.columns) and atlas.tree["x"].null_count() < atlas.tree.height


def places_of(atlas: Atlas) -> pl.DataFrame:
    """conversation, group, x and y: one row per conversation that is not hidden and has a place.

    Of a published atlas group, x, y and ``size``: one row per group that holds no other, with its share of the largest
    one, 0 to 1. Without rows where the atlas has no map.
    """
    import polars as pl

    if not has_places(atlas):
        return pl.DataFrame(schema={"group": pl.String, "x": pl.Float64, "y": pl.Float64})
    if atlas.published:
        leaves = atlas.tree.filter(~pl.col("group").is_in(atlas.tree["parent"].drop_nulls().implode()))
        size = pl.col(sized_by(atlas)).cast(pl.Float64)
        rows = leaves.drop_nulls(["x", "y"]).select("group", "x", "y", size=size / size.max())
    else:
        groups = atlas.clusters[atlas.shown_rows].select("conversation", "group")
        rows = groups.join(atlas.layout, on="conversation", how="inner", maintain_order="left")
        rows = rows.select("conversation", "group", "x", "y").drop_nulls(["x", "y"])
    return rows.filter(pl.col("x").is_finite() & pl.col("y").is_finite())
