"""The long table of an experiment, and what is read off it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import polars as pl


INTERVAL = 3  # seeds without which there is no interval


class Difference(NamedTuple):
    """One variant less another over the same seeds: mean, 95 % interval (None where all seeds give the same, or there
    are fewer than three), and in how many of ``n`` seeds the first was higher."""

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
        if self.low is not None and self.high is not None:
            return f"{self.mean:+.3f} [{self.low:+.3f}, {self.high:+.3f}]"
        few = {1: "one seed", 2: "two seeds"}
        return f"{self.mean:+.3f}, {few.get(self.n, 'the same under every seed')}"


class Results:
    """``table``: part, variant, x, redrawn, seed, metric, value, one row a figure; ``notes``: (part, variant, seed,
    text)."""

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
        """The variant with the highest (lowest) mean, of those whose name contains ``among``; "" if there is none.

        Only those with all the seeds that any of them has: an easy seed is no merit (see ``left_out``)."""
        found = self._measured(metric, part, among)
        most = max(map(len, found.values()), default=0)
        means = {name: float(np.mean(list(one.values()))) for name, one in found.items() if len(one) == most}
        return (min if lowest else max)(means, key=means.__getitem__, default="")

    def left_out(self, metric: str) -> str:
        """A sentence on variants with fewer seeds than others of their part; "" if there are none."""
        names = []
        for part in self.parts():
            counts = {name: len(one) for name, one in self._measured(metric, part).items()}
            names += [name for name, count in counts.items() if count < max(counts.values())]
        shown = ", ".join(dict.fromkeys(names))
        return f"Under fewer seeds, so never called best, and compared on those alone: {shown}." if names else ""

    def _measured(self, metric: str, part: str | None, among: str = "") -> dict[str, dict[int, float]]:
        names = [one for one in self.variants(part) if among in one]
        found = {name: self.values(name, metric, part) for name in names}
        return {name: one for name, one in found.items() if one and not math.isnan(sum(one.values()))}

    def redrawn(self, variant: str, part: str | None = None) -> float:
        """As ``Variant.redrawn``."""
        import polars as pl

        rows = self.table.filter(pl.col("variant") == variant)
        if part is not None:
            rows = rows.filter(pl.col("part") == part)
        return float(rows["redrawn"][0]) if "redrawn" in rows.columns and rows.height else 0.0

    def difference(self, one: str, other: str, metric: str, part: str | None = None) -> Difference:
        """``one`` less ``other``, seed by seed.

        The interval is Student's. Where every seed draws its rows anew the draws overlap and are not independent: the
        variance of the mean is then that of the seeds times 1 / n + rows left out / rows taken, not times 1 / n
        (Nadeau and Bengio, Machine Learning 52, 2003: corrected resampled t-test)."""
        from scipy.stats import t

        mine, theirs = self.values(one, metric, part), self.values(other, metric, part)
        gaps = np.array([mine[seed] - theirs[seed] for seed in mine if seed in theirs])
        if not len(gaps):
            return Difference(math.nan, None, None, 0, 0)
        mean, wins, n = float(gaps.mean()), int((gaps > 0).sum()), len(gaps)
        if n < INTERVAL or np.ptp(gaps) < 1e-9:
            return Difference(mean, None, None, wins, n)
        overlap = max(self.redrawn(one, part), self.redrawn(other, part))
        reach = float(t.ppf(0.975, n - 1) * gaps.std(ddof=1) * math.sqrt(1 / n + overlap))
        return Difference(mean, mean - reach, mean + reach, wins, n)

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
