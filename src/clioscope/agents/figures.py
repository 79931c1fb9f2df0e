"""Measured figures of quality, for an agent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clioscope.agents.answers import named
from clioscope.errors import AtlasError

if TYPE_CHECKING:
    from clioscope.atlas import Atlas


def figures_of(atlas: Atlas, group: str | None = None) -> dict[str, Any]:
    """The figures of the whole atlas, or of one ``group``: family, metric, level, part, value, low, high (95 %), n.

    Raises AtlasError for an atlas that was not measured since it was built.
    """
    import polars as pl

    from clioscope.measure.record import stored

    if atlas.published:
        raise AtlasError("A published atlas holds no measured figures.")
    table = stored(atlas).table
    rows = table.filter(pl.col("group").is_null() if group is None else pl.col("group") == named(atlas, group))
    columns = [
        name for name in ("family", "metric", "level", "part", "value", "low", "high", "n") if name in rows.columns
    ]
    return {"group": None if group is None else named(atlas, group), "figures": rows.select(columns).to_dicts()}


def quality_of(atlas: Atlas) -> dict[str, dict[str, float]]:
    """The figures of each group that a reader can use alone; empty for an atlas that was not measured."""
    from clioscope.explorer.groups import measured_figures

    return {} if atlas.published else measured_figures(atlas)
