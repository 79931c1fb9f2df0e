"""The values of a facet as a column."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from clioscope.errors import SettingsError

if TYPE_CHECKING:
    import polars as pl

    from clioscope.facets.facet import Facet

_KINDS = (str, bool, int, float, datetime, date)


def facet_column(facet: Facet, values: Sequence[Any]) -> pl.Series:
    """The values as a column, whose type follows from the facet's type or, for a function, from what it returns.

    Whole numbers mixed with others become floating-point numbers, and None means not known. Raises SettingsError if a
    function returns several kinds of values, or values that no column can hold.
    """
    import polars as pl

    # numpy's scalars are Python's
    plain = [
        value.item() if type(value).__module__ == "numpy" and hasattr(value, "item") else value for value in values
    ]
    if facet.compute is None:
        return pl.Series(facet.name, plain, dtype=_dtype_of(facet), strict=False)
    kinds = {type(value) for value in plain if value is not None}
    if kinds == {int, float}:
        kinds = {float}
    named = ", ".join(sorted(kind.__name__ for kind in kinds))
    if len(kinds) > 1:
        raise SettingsError(
            f"facet {facet.name!r}: its function returns several kinds of values ({named}); return one."
        )
    if not kinds <= set(_KINDS):
        raise SettingsError(
            f"facet {facet.name!r}: its function returns values of the kind {named}; return text, numbers, truth "
            f"values, dates, or None."
        )
    dtype: Any = next((dtype for kind, dtype in ((int, pl.Int64), (float, pl.Float64)) if kind in kinds), None)
    if not kinds:
        dtype = _dtype_of(facet)
    try:
        return pl.Series(facet.name, plain, dtype=dtype, strict=dtype is not pl.Float64)
    except (TypeError, ValueError, OverflowError, pl.exceptions.PolarsError) as error:
        reason = str(error).strip().splitlines()[0].rstrip(".")
        raise SettingsError(f"facet {facet.name!r}: its values do not make a column ({reason}).") from error


def _dtype_of(facet: Facet) -> Any:
    """The type of column that the facet's type asks for."""
    import polars as pl

    dtypes: dict[str, Any] = {"score": pl.Int64, "number": pl.Float64}
    return dtypes.get(facet.type, pl.String)
