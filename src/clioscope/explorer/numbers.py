"""The exact numbers of columns, from which the page takes means, and which columns a model told of a part only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clioscope.atlas.numbers import as_numbers
from clioscope.explorer.tables import beside, first_records

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from clioscope.atlas import Atlas

_NO_MEAN = ("hour",)  # a mean of these says nothing


def add_numbers(
    atlas: Atlas, columns: list[dict[str, Any]], rows: pl.DataFrame, arrays: dict[str, NDArray[Any]]
) -> None:
    """Give each column of numbers ``numbers``, an array: per row the number, NaN where it is not known or inferred.

    ``partly`` is true of a facet that a model was asked about some of the ``rows`` only. A conversation with several
    records has the metadata of the first. Yes and no, and 0 and 1, have no numbers, since their mean is a share.
    """
    import numpy as np
    import polars as pl

    facets = {facet["name"]: facet["type"] for facet in atlas.manifest["facets"]}
    fields = [name for name in atlas.occurrences.columns if name.startswith("meta_")]
    known = first_records(atlas, rows, fields) if fields else rows.select("conversation")
    told = beside(rows, atlas.facets)
    everyone = "asked" not in told.columns or bool(told["asked"].all())
    for column in columns:
        name = column["name"]
        if column["type"] == "meta":
            values = known[f"meta_{name.removeprefix('meta_')}"]
        elif name in facets and name not in _NO_MEAN:
            values = told[name]
            if facets[name] in ("text", "category", "score", "number") and not everyone:
                column["partly"] = True
                values = told.select(pl.when("asked").then(pl.col(name)))[name]
        else:
            continue
        numbers = as_numbers(values)
        if numbers is None or not (np.isfinite(numbers) & ~np.isin(numbers, (0, 1))).any():
            continue
        column["numbers"] = f"numbers{sum('numbers' in other for other in columns)}"
        arrays[column["numbers"]] = numbers.astype(np.float32)
