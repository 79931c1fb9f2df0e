"""Names and descriptions of groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from clioscope.naming.candidates import Label
from clioscope.naming.groups import name_groups

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Label", "labels_from", "labels_table", "name_groups"]


def labels_table(labels: Sequence[Label]) -> pl.DataFrame:
    """Labels of groups 0..k-1 as a table, one row per group: name, description, phrases."""
    import polars as pl

    return pl.DataFrame(
        {
            "name": pl.Series([label.name for label in labels], dtype=pl.String),
            "description": pl.Series([label.description for label in labels], dtype=pl.String),
            "phrases": pl.Series([list(label.phrases) for label in labels], dtype=pl.List(pl.String)),
        }
    )


def labels_from(table: pl.DataFrame) -> list[Label]:
    """The labels back from their table."""
    return [Label(name, description, tuple(phrases)) for name, description, phrases in table.iter_rows()]
