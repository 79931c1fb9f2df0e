"""The language of each conversation of an atlas."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl


def languages_of(table: pl.DataFrame, types: Mapping[str, str]) -> list[str | None] | None:
    """The language of each row of a table of facets. ``types`` maps the names of facets to their types. None if the
    facet ``language`` is missing or has another type."""
    if types.get("language") != "language" or "language" not in table.columns:
        return None
    return table["language"].to_list()
