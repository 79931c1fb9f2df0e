"""The long table of an experiment, and what is read off it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import polars as pl


class Difference(NamedTuple):
    """One variant less another over the same seeds: mean, 95 % interval (Student; None where all seeds give the
    same, or there is one), and in how many of ``n`` seeds the first was higher."""

    mean: float
    low: float | None
    high: float | None
    wins: int
    n: int

    @property
    def clear(self) -> bool:
        """Whether the interval leaves 0 out."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)

    def __str__(self) -> str:
        if self.low is None or self.high is None:
            return f"{self.mean:+.3f}, the same under every seed" if self.n > 1 else f"{self.mean:+.3f}, one seed"
        return f"{self.mean:+.3f} [{self.low:+.3f}, {self.high:+.3f}]"


class Results:
    """``table``: part, variant, x, seed, metric, value, one row a figure; ``notes``: (part, variant, seed, text)."""

    def __init__(self, table: pl.DataFrame, notes: list[tuple[str, str, int | None, str]] | None = None) -> None:
        self.table, self.notes = table, notes or []

    def parts(self) -> list[str]:
        """Parts in the order they came."""
        return self.table["part"].unique(maintain_order=True).to_list()

    def variants(self, part: str | None = None) -> list[str]:
        """Variants (those of a scale with their place) in the order they came."""
        import polars as pl

        rows = self.table if part is None else self.table.filter(pl.col("part") == part)
        return rows["variant"].unique(maintain_order=True).to_list()

    def values(self, variant: str, metric: str, part: str | None = None) -> dict[int, float]:
        """Seed to value; empty where it was not measured."""
        import polars as pl

        rows = self.table.filter((pl.col("variant") == variant) & (pl.col("metric") == metric))
        if part is not None:
            rows = rows.filter(pl.col("part") == part)
        return dict(rows.select("seed", "value").iter_rows())

    def mean(self, variant: str, metric: str, part: str | None = None) -> float:
        """Mean over seeds; NaN where it was not measured."""
        values = list(self.values(variant, metric, part).values())
        return float(np.mean(values)) if values else math.nan

    def best(self, metric: str, part: str | None = None, *, lowest: bool = False, among: str = "") -> str:
        """The variant with the highest (lowest) mean, of those whose name contains ``among``; "" if there is none."""
        names = [one for one in self.variants(part) if among in one]
        measured = [one for one in names if not math.isnan(self.mean(one, metric, part))]
        sign = -1 if lowest else 1
        return max(measured, key=lambda one: sign * self.mean(one, metric, part), default="")

    def difference(self, one: str, other: str, metric: str, part: str | None = None) -> Difference:
        """``one`` less ``other``, seed by seed."""
        from scipy.stats import t

        mine, theirs = self.values(one, metric, part), self.values(other, metric, part)
        gaps = np.array([mine[seed] - theirs[seed] for seed in mine if seed in theirs])
        if not len(gaps):
            return Difference(math.nan, None, None, 0, 0)
        mean, wins = float(gaps.mean()), int((gaps > 0).sum())
        if len(gaps) < 2 or np.ptp(gaps) < 1e-9:
            return Difference(mean, None, None, wins, len(gaps))
        reach = float(t.ppf(0.975, len(gaps) - 1) * gaps.std(ddof=1) / math.sqrt(len(gaps)))
        return Difference(mean, mean - reach, mean + reach, wins, len(gaps))

    def versus(self, one: str, other: str, metric: str, part: str | None = None, name: str | None = None) -> str:
        """The difference as a sentence, over the seeds that both have."""
        found = self.difference(one, other, metric, part)
        if math.isnan(found.mean):
            return ""
        verdict = "" if found.clear or found.low is None else ", which the seeds do not tell from nothing"
        mine, theirs = self.values(one, metric, part), self.values(other, metric, part)
        shared = mine.keys() & theirs.keys()
        return (
            f"{one} has {name or metric.replace('_', ' ')} {np.mean([mine[seed] for seed in shared]):.3f} against "
            f"{np.mean([theirs[seed] for seed in shared]):.3f} for {other} ({found}){verdict}."
        )

    def summary(self) -> pl.DataFrame:
        """part, variant, x, metric, mean, sd (null for one seed), n."""
        import polars as pl

        return self.table.group_by("part", "variant", "x", "metric", maintain_order=True).agg(
            pl.col("value").mean().alias("mean"), pl.col("value").std().alias("sd"), pl.len().alias("n")
        )
