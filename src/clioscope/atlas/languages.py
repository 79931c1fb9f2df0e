"""In which language each conversation of an atlas is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl


def languages_of(table: pl.DataFrame, types: Mapping[str, str]) -> list[str | None] | None:
    """Language of each row of a table of facets, whose ``types`` are given by name; None where the facet of that name
    is missing or is something else."""
    if types.get("language") != "language" or "language" not in table.columns:
        return None
    return table["language"].to_list()
