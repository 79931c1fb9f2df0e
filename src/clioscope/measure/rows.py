"""The table of measures: one row per figure, in long format."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from clioscope.measure.figure import Figure

if TYPE_CHECKING:
    import polars as pl


class Rows:
    """Collects figures for the table ``measures``.

    Columns: family; metric; level (0 = base groups, null: the atlas as a whole); group (its id, null: all groups);
    part (a language, an audit score, a judge, …, or null); value; low and high (95 % interval, null for figures that
    were counted, not estimated); n (how many items the figure is based on).
    """

    def __init__(self) -> None:
        self._rows: list[dict[str, Any]] = []

    def add(
        self,
        family: str,
        metric: str,
        figure: Figure,
        *,
        level: int | None = None,
        group: str | None = None,
        part: str | None = None,
    ) -> None:
        """Add one figure; an undefined one is left out."""
        if math.isfinite(figure.value):
            self._rows.append(
                {
                    "family": family,
                    "metric": metric,
                    "level": level,
                    "group": group,
                    "part": part,
                    "value": float(figure.value),
                    "low": _finite(figure.low),
                    "high": _finite(figure.high),
                    "n": int(figure.n),
                }
            )

    def add_all(
        self,
        figures: Mapping[str, Figure],
        *,
        level: int | None = None,
        groups: Sequence[str] | None = None,
        part: str | None = None,
    ) -> None:
        """Add figures of registered metrics, and their values per group, if any; ``groups`` are the ids."""
        from clioscope.measure.metric import metrics

        for name, figure in figures.items():
            family = metrics.get(name).family
            self.add(family, name, figure, level=level, part=part)
            if figure.groups is not None and groups is not None:
                for group, value in zip(groups, figure.groups, strict=True):
                    self.add(family, name, Figure(float(value), n=0), level=level, group=group)

    def has(self, metric: str) -> bool:
        """Whether there is a figure of this metric."""
        return any(row["metric"] == metric for row in self._rows)

    def table(self) -> pl.DataFrame:
        """The table, sorted by all columns that name a figure."""
        import polars as pl

        schema = {
            "family": pl.String,
            "metric": pl.String,
            "level": pl.Int64,
            "group": pl.String,
            "part": pl.String,
            "value": pl.Float64,
            "low": pl.Float64,
            "high": pl.Float64,
            "n": pl.Int64,
        }
        return pl.DataFrame(self._rows, schema=schema).sort(
            "family", "metric", "level", "group", "part", nulls_last=False, maintain_order=True
        )


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
