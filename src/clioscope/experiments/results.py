"""The table of an experiment's figures, and what can be read off it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import polars as pl

INTERVAL = 3  # the fewest seeds that give an interval


class Difference(NamedTuple):
    """One variant less another over the same ``n`` seeds: the mean, the ends of the 95 % interval, and the number of
    seeds under which the first was higher (``wins``). The ends are None where all seeds give the same, or there are
    fewer than three."""

    mean: float
    low: float | None
    high: float | None
    wins: int
    n: int

    @property
    def clear(self) -> bool:
        """Whether the interval does not contain 0."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)

    def __str__(self) -> str:
        if self.low is not None and self.high is not None:
            return f"{self.mean:+.3f} [{self.low:+.3f}, {self.high:+.3f}]"
        few = {1: "one seed", 2: "two seeds"}
        return f"{self.mean:+.3f}, {few.get(self.n, 'the same under every seed')}"


class Results:
    """``table``: part, variant, line, x, redrawn, seed, metric and value, one row per figure. ``notes``: one (part,
    variant, seed, text) per note."""

    def __init__(self, table: pl.DataFrame, notes: list[tuple[str, str, int | None, str]] | None = None) -> None:
        self.table, self.notes = table, notes or []

    def parts(self) -> list[str]:
        """The parts in the order in which they were measured."""
        return self.table["part"].unique(maintain_order=True).to_list()

    def variants(self, part: str | None = None) -> list[str]:
        """The variants in the order in which they were measured. On a scale the place is part of the name."""
        import polars as pl

        rows = self.table if part is None else self.table.filter(pl.col("part") == part)
        return rows["variant"].unique(maintain_order=True).to_list()

    def values(self, variant: str, metric: str, part: str | None = None) -> dict[int, float]:
        """Seed to value; empty where the metric was not measured."""
        import polars as pl

        rows = self.table.filter((pl.col("variant") == variant) & (pl.col("metric") == metric))
        if part is not None:
            rows = rows.filter(pl.col("part") == part)
        return dict(rows.select("seed", "value").iter_rows())

    def mean(self, variant: str, metric: str, part: str | None = None) -> float:
        """The mean over seeds; NaN where the metric was not measured."""
        values = list(self.values(variant, metric, part).values())
        return float(np.mean(values)) if values else math.nan

    def best(self, metric: str, part: str | None = None, *, lowest: bool = False, among: str = "") -> str:
        """The variant with the highest mean (``lowest``: the lowest) among those whose name contains ``among``; "" if
        there is none.

        Variants with fewer seeds than the others do not count, since their seeds may be easy ones (``left_out``)."""
        measured = self._measured(metric, part, among)
        most = max(map(len, measured.values()), default=0)
        complete = {name: by_seed for name, by_seed in measured.items() if len(by_seed) == most}
        means = {name: float(np.mean(list(by_seed.values()))) for name, by_seed in complete.items()}
        return (min if lowest else max)(means, key=means.__getitem__, default="")

    def left_out(self, metric: str) -> str:
        """A sentence that names the variants with fewer seeds than others of their part; "" if there are none."""
        names = []
        for part in self.parts():
            counts = {name: len(by_seed) for name, by_seed in self._measured(metric, part).items()}
            names += [name for name, count in counts.items() if count < max(counts.values())]
        shown = ", ".join(dict.fromkeys(names))
        if not names:
            return ""
        return f"These ran under fewer seeds, so they are never called best and are compared on those alone: {shown}."

    def _measured(self, metric: str, part: str | None, among: str = "") -> dict[str, dict[int, float]]:
        measured = {name: self.values(name, metric, part) for name in self.variants(part) if among in name}
        return {
            name: by_seed for name, by_seed in measured.items() if by_seed and not math.isnan(sum(by_seed.values()))
        }

    def redrawn(self, variant: str, part: str | None = None) -> float:
        """As ``Variant.redrawn``."""
        import polars as pl

        rows = self.table.filter(pl.col("variant") == variant)
        if part is not None:
            rows = rows.filter(pl.col("part") == part)
        return float(rows["redrawn"][0]) if "redrawn" in rows.columns and rows.height else 0.0

    def difference(self, first: str, second: str, metric: str, part: str | None = None) -> Difference:
        """The variant ``first`` less the variant ``second``, seed by seed.

        The interval is Student's. Where every seed draws its own rows, the draws overlap and are not independent. The
        variance of the mean is then the variance over the seeds times 1 / n + rows left out / rows taken, instead of
        times 1 / n (Nadeau and Bengio, Machine Learning 52, 2003: corrected resampled t-test)."""
        from scipy.stats import t

        firsts, seconds = self.values(first, metric, part), self.values(second, metric, part)
        gaps = np.array([firsts[seed] - seconds[seed] for seed in firsts if seed in seconds])
        if not len(gaps):
            return Difference(math.nan, None, None, 0, 0)
        mean, wins, n = float(gaps.mean()), int((gaps > 0).sum()), len(gaps)
        if n < INTERVAL or np.ptp(gaps) < 1e-9:
            return Difference(mean, None, None, wins, n)
        overlap = max(self.redrawn(first, part), self.redrawn(second, part))
        reach = float(t.ppf(0.975, n - 1) * gaps.std(ddof=1) * math.sqrt(1 / n + overlap))
        return Difference(mean, mean - reach, mean + reach, wins, n)

    def versus(self, first: str, second: str, metric: str, part: str | None = None, name: str | None = None) -> str:
        """A sentence on the difference of two variants, over the seeds that both have; "" where they have none.

        ``name``: what the sentence calls the metric."""
        gap = self.difference(first, second, metric, part)
        if math.isnan(gap.mean):
            return ""
        verdict = "" if gap.clear or gap.low is None else ", which the seeds do not tell from nothing"
        firsts, seconds = self.values(first, metric, part), self.values(second, metric, part)
        shared = firsts.keys() & seconds.keys()
        return (
            f"{first} has {name or metric.replace('_', ' ')} {np.mean([firsts[seed] for seed in shared]):.3f} against "
            f"{np.mean([seconds[seed] for seed in shared]):.3f} for {second} ({gap}){verdict}."
        )
