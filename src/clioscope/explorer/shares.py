"""Shares of facet values that are estimated, since not every conversation was asked, as the page gets them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clioscope.atlas.shares import WHOLE, shares_of
from clioscope.explorer.tables import beside

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from clioscope.atlas import Atlas

SCALE = 10_000  # of a share as a whole number
UNKNOWN = 65_535


def add_shares(atlas: Atlas, columns: list[dict[str, Any]], groups: list[str], arrays: dict[str, NDArray[Any]]) -> None:
    """Give each column of an asked facet its estimated shares, if the atlas has them.

    ``shares`` names an array of (groups + 1) × values × 3 numbers: share, low and high in ten-thousandths for every
    group and, last, for the whole atlas; 65,535 is unknown. ``told``: for each of these, of how many conversations the
    value was said and inferred; empty where that is not published.
    """
    import numpy as np
    import polars as pl

    from clioscope.explorer.columns import in_words

    table = shares_of(atlas)
    if table is None:
        return
    definitions = {facet["name"]: facet for facet in atlas.manifest["facets"]}
    place = {group: index for index, group in enumerate([*groups, WHOLE])}
    for column in columns:
        facet = definitions.get(column["name"], {})
        rows = table.filter((pl.col("facet") == column["name"]) & pl.col("group").is_in(list(place)))
        if facet.get("type") not in ("text", "category", "score") or rows.is_empty() or _exact(rows):
            continue
        values = in_words(facet["categories"], rows["value"]) if facet["type"] == "score" else rows["value"]
        if facet["type"] == "text":
            values = values.str.strip_chars(" .").str.to_lowercase()
        at = {value: number for number, value in enumerate(column["values"]) if value is not None}
        found = np.full((len(place), len(column["values"]), 3), UNKNOWN, np.uint16)
        told: list[list[int]] = [[] for _ in place]
        for value, row in zip(values, rows.iter_rows(named=True), strict=True):
            if value in at:
                ends = [round(SCALE * row[name]) for name in ("share", "low", "high")]
                found[place[row["group"]], at[value]] = ends
                if "asked" in row:
                    told[place[row["group"]]] = [row["asked"], row["inferred"]]
        name = f"shares{sum('shares' in other for other in columns)}"
        arrays[name] = found.ravel()
        column |= {"shares": name, "told": told}


def _exact(rows: pl.DataFrame) -> bool:
    return bool(rows["exact"].all()) if "exact" in rows.columns else bool((rows["low"] == rows["high"]).all())


def add_probabilities(
    atlas: Atlas, columns: list[dict[str, Any]], rows: pl.DataFrame, arrays: dict[str, NDArray[Any]]
) -> None:
    """Give each column with inferred values ``sure``, an array: per row the probability in percent, 0 for a value that
    was said."""
    import numpy as np

    if not (atlas.path / "probabilities.parquet").exists():
        return
    chances = beside(rows, atlas.table("probabilities"))
    for column in columns:
        if column["name"] in chances.columns and chances[column["name"]].is_not_null().any():
            name = f"sure{sum('sure' in other for other in columns)}"
            percent = (100 * chances[column["name"]]).round().clip(1, 99).fill_null(0)
            arrays[name] = percent.to_numpy().astype(np.uint8)
            column["sure"] = name
