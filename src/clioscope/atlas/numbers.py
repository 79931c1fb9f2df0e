"""The numbers that a column holds, whatever it was stored as."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

_NOTHING = ("", "nan", "null", "none", "n/a", "na", "-")
_SOME = 1000
_YES, _NO = ("true", "yes"), ("false", "no")


def as_numbers(values: pl.Series) -> NDArray[np.float64] | None:
    """The numbers of a column (n,), yes and no as 1 and 0, with NaN where nothing is known; None for texts."""
    import numpy as np
    import polars as pl

    if len(values) > _SOME and as_numbers(values.head(_SOME)) is None:
        return None  # a text among the first is one among all
    if values.dtype == pl.Boolean or values.dtype.is_numeric():
        numbers = values.cast(pl.Float64)
    else:
        text = values.cast(pl.String).str.strip_chars().str.to_lowercase()
        column = pl.select(pl.when(text.is_in(_NOTHING)).then(None).otherwise(text)).to_series()
        if column.null_count() < len(column) and bool(column.drop_nulls().is_in((*_YES, *_NO)).all()):
            numbers = column.is_in(_YES).cast(pl.Float64)
        else:
            numbers = column.cast(pl.Float64, strict=False)
            if numbers.null_count() > column.null_count():
                return None
    found = numbers.to_numpy().astype(float)
    return np.where(np.isfinite(found), found, np.nan)
