"""What changed since an earlier atlas: what is new, gone, growing and shrinking, beyond chance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from clioscope.atlas.membership import members_of
from clioscope.atlas.opening import opened
from clioscope.errors import AtlasError
from clioscope.lineage.table import lineage_table, names_before
from clioscope.statistics.intervals import Z95
from clioscope.statistics.significance import corrected

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

    from clioscope.atlas import Atlas

RATE = 0.05  # share of false alarms among the groups that are called growing or shrinking


def changes(atlas: Atlas | str | Path, old: Atlas | str | Path | None = None, *, rate: float = RATE) -> pl.DataFrame:
    """What became of the groups of ``old``, one row per group of either atlas.

    Without ``old``, it is told from the table ``lineage`` of an atlas that was built after another one or updated.

    Columns: level, group (null if it is gone), name, kind, fate, before and after (ids of old and new groups),
    share_before, share_now, change with its 95 % interval (low, high), p, q, old_size, new_size, names_before. The kind
    is *new*, *gone*, *split*, *merged*, *growing*, *shrinking* or *steady*. A share is one of all distinct
    conversations. ``q`` is p after the correction for many tests by Benjamini and Hochberg, level by level: a group is
    growing or shrinking if q is at most ``rate``, so at most this share of them is by chance. Conversations that both
    atlases have make a difference smaller than that of two samples; that is allowed for.

    Raises AtlasError where there is nothing to compare with, or for a published atlas.

    >>> import clioscope
    >>> set(clioscope.changes("atlas/", "atlas/")["kind"])
    {'steady'}
    """
    return changes_of(_lineage(opened(atlas), None if old is None else opened(old)), rate)


def changes_of(lineage: pl.DataFrame, rate: float = RATE) -> pl.DataFrame:
    """``changes`` from a table of lineage."""
    import polars as pl

    base = lineage.filter(pl.col("level") == 0)
    there, was = pl.col("group").is_not_null(), pl.col("kept_name").is_not_null() | pl.col("group").is_null()
    now, then = (int(base.filter(rows)[size].sum()) for rows, size in ((there, "new_size"), (was, "old_size")))
    both = min(int(base["common"].sum()), now, then)
    compared = was | (pl.col("fate") == "born")
    table = lineage.with_columns(
        new_size=pl.when(there).then(pl.col("new_size")).otherwise(0).cast(pl.Int64),
        old_size=pl.when(was).then(pl.col("old_size")).otherwise(0).cast(pl.Int64),
    )
    figures = _figures(table["old_size"].to_numpy(), then, table["new_size"].to_numpy(), now, both)
    table = table.with_columns(pl.Series(name, values) for name, values in figures.items())
    table = table.with_columns(compared=compared)
    table = table.with_columns(pl.when("compared").then(pl.col(name)).alias(name) for name in figures)
    levels = [
        part.with_columns(q=corrected(part["p"].to_numpy().astype(np.float64)))
        for part in table.partition_by("level", maintain_order=True)
    ]
    table = (pl.concat(levels) if levels else table.with_columns(q=pl.lit(None, pl.Float64))).with_columns(
        pl.col("q").fill_nan(None)
    )
    certain = (pl.col("q") <= rate) & pl.col("fate").is_in(["continued", "grew", "shrank"])
    kind = (
        pl.when(pl.col("fate") == "born").then(pl.lit("new"))
        .when(pl.col("fate") == "died").then(pl.lit("gone"))
        .when(pl.col("fate").is_in(["split", "merged"])).then(pl.col("fate"))
        .when(certain & (pl.col("change") > 0)).then(pl.lit("growing"))
        .when(certain & (pl.col("change") < 0)).then(pl.lit("shrinking"))
        .otherwise(pl.lit("steady"))
    )  # fmt: skip
    columns = ("level", "group", "name", "kind", "fate", "before", "after", "share_before", "share_now", "change")
    return table.with_columns(kind=kind).select(
        *columns, "low", "high", "p", "q", "old_size", "new_size", "names_before"
    )


def _lineage(atlas: Atlas, old: Atlas | None) -> pl.DataFrame:
    if old is None:
        if not (atlas.path / "lineage.parquet").exists():
            raise AtlasError(
                f"{atlas.path}: was built without an earlier atlas; give that one as well, or build with --after."
            )
        return atlas.table("lineage")
    for one in (atlas, old):
        if one.published:
            raise AtlasError(f"{one.path}: a published atlas holds no conversations to compare by.")
    history = names_before(old.table("lineage")) if (old.path / "lineage.parquet").exists() else {}
    then, now = (members_of(one.clusters, one.tree) for one in (old, atlas))
    return lineage_table(old.tree, atlas.tree, then, now, history)


def _figures(
    old: NDArray[np.int64], then: int, new: NDArray[np.int64], now: int, both: int
) -> dict[str, NDArray[np.float64]]:
    """Shares, their difference with a 95 % interval, and p.

    ``then`` and ``now`` are the sizes of the two samples, ``both`` how many conversations are in both of them: the
    covariance of the two shares is ``both / (then * now)`` times the variance of one conversation.
    """
    from scipy.stats import norm

    first, second = old / max(then, 1), new / max(now, 1)
    pooled = (old + new) / max(then + now, 1)
    spread = pooled * (1 - pooled)
    shared = both / max(then * now, 1)
    free = max(1 / max(then, 1) + 1 / max(now, 1) - 2 * shared, 0.0)
    change = second - first
    error = np.sqrt(spread * free)
    z = np.divide(change, error, out=np.zeros_like(change), where=error > 0)
    # Agresti and Caffo (2000): one more of each kind in either sample, since plain intervals are too short for few.
    one, other = (old + 1) / (then + 2), (new + 1) / (now + 2)
    variance = one * (1 - one) / (then + 2) + other * (1 - other) / (now + 2) - 2 * shared * spread
    reach = Z95 * np.sqrt(np.maximum(variance, spread * free))
    middle = change if not free else other - one
    low, high = np.minimum(middle - reach, change), np.maximum(middle + reach, change)
    if not free:
        low, high = change, change
    return {
        "share_before": first,
        "share_now": second,
        "change": change,
        "low": np.clip(low, -1, 1),
        "high": np.clip(high, -1, 1),
        "p": 2 * norm.sf(np.abs(z)),
    }
