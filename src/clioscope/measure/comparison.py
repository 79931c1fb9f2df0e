"""The same figures of several atlases, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from clioscope.atlas.opening import opened
from clioscope.errors import ClioscopeError
from clioscope.measure.metric import metrics

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

    from clioscope.atlas import Atlas

_OF_VECTORS = ("geometry", "coherence")  # comparable only between atlases of the same vectors


def compare(atlases: Sequence[Atlas | str | Path], *, levels: Sequence[str] = ("base", "top")) -> pl.DataFrame:
    """One row per figure that at least one atlas has: family, metric, level, part, then value, low and high per atlas.

    ``level`` is ``base``, ``top`` or empty (the atlas as a whole). Levels between have no counterpart in a tree of
    another height. Columns of the i-th atlas end in ``_i``, from 1. ``better`` is the number of the atlas that is
    better than every other, with intervals that do not overlap. It is empty if there is none, for figures without
    intervals, and for geometry and coherence of atlases whose groups were made from different vectors.

    Raises AtlasError for an atlas that was not measured since it was built, ClioscopeError for fewer than two atlases.
    """
    import polars as pl

    from clioscope.measure.record import stored

    if len(atlases) < 2:
        raise ClioscopeError("Give at least two atlases to compare.")
    keys = ["family", "metric", "level", "part"]
    joined: pl.DataFrame | None = None
    read = [opened(atlas) for atlas in atlases]
    for number, atlas in enumerate(read, start=1):
        top = int(atlas.tree["level"].max() or 0)  # type: ignore[arg-type]
        table = stored(atlas).table.filter(pl.col("group").is_null())
        level = pl.col("level")
        frames = [table.filter(level.is_null()).with_columns(pl.lit("").alias("level"))]
        if "base" in levels:
            frames.append(table.filter(level == 0).with_columns(pl.lit("base").alias("level")))
        if "top" in levels:
            frames.append(table.filter(level == top).with_columns(pl.lit("top").alias("level")))
        if _has_categories(atlas):
            frames.append(category_shares(atlas).select(frames[0].columns))
        named = pl.concat(frames).select(
            *keys[:3],
            pl.col("part").fill_null(""),
            *(pl.col(name).alias(f"{name}_{number}") for name in ("value", "low", "high")),
        )
        joined = named if joined is None else joined.join(named, on=keys, how="full", coalesce=True)
    assert joined is not None
    same = len({_geometry(atlas) for atlas in read}) == 1
    winners = [
        _winner(row, len(atlases)) if same or row["family"] not in _OF_VECTORS else None
        for row in joined.iter_rows(named=True)
    ]
    return joined.with_columns(pl.Series("better", winners, dtype=pl.Int64)).sort(keys)


def _has_categories(atlas: Atlas) -> bool:
    return bool(atlas.tree["code"].is_not_null().any())


def category_shares(atlas: Atlas) -> pl.DataFrame:
    """The share of each given category among all conversations, by its code: columns as ``Measured.table`` has them.

    ``part`` is the code, so that the categories of several atlases with one codebook are matched, whatever they are
    called. The interval is Wilson's: what another draw of so many conversations might give.
    """
    import polars as pl

    from clioscope.atlas.shown import total_count
    from clioscope.measure.figure import share
    from clioscope.measure.record import stored

    total = total_count(atlas)
    schema = dict(stored(atlas).table.schema) | {"level": pl.String}
    rows = []
    for code, count in atlas.tree.filter(pl.col("code").is_not_null()).select("code", "count").iter_rows():
        figure = share(count, total)
        rows.append(
            {"family": "categories", "metric": "category_share", "level": "", "part": code}
            | {"value": figure.value, "low": figure.low, "high": figure.high, "n": total}
        )
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema)


def _geometry(atlas: Atlas) -> str:
    """The key of the stage that made the vectors: equal for atlases of the same vectors."""
    return str(atlas.manifest.get("stages", {}).get("vectors", {}).get("key"))


def _winner(row: dict[str, float | str | None], count: int) -> int | None:
    """The number of the atlas, from 1, that is clearly better than all others; None without one."""
    name = str(row["metric"])
    known = metrics.find(name)
    better = "neither" if known is None else known.better
    if better == "neither" or any(row[f"value_{i}"] is None for i in range(1, count + 1)):
        return None
    sign = 1.0 if better == "higher" else -1.0
    ends = []
    for i in range(1, count + 1):
        bounds = [row[f"{end}_{i}"] if row[f"{end}_{i}"] is not None else row[f"value_{i}"] for end in ("low", "high")]
        ends.append(sorted(sign * float(bound) for bound in bounds if bound is not None))
    wide = [row[f"low_{i}"] is not None for i in range(1, count + 1)]
    for i, own in enumerate(ends):
        if all(own[0] > other[1] and (wide[i] or wide[j]) for j, other in enumerate(ends) if j != i):
            return i + 1
    return None
