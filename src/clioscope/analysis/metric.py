"""A metric: the number or the yes and no of each record whose mean is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from clioscope.analysis.records import column_of, listed
from clioscope.atlas.numbers import as_numbers
from clioscope.errors import ClioscopeError

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from clioscope.atlas import Atlas


class Metric(NamedTuple):
    """``value`` (n,): of each record, NaN where it is not known; 0 and 1 for a rate.

    ``rate``: whether the mean is a share. ``asked``: whether a model was asked about a part of the conversations only,
    so that the others have no value of their own.
    """

    name: str
    value: NDArray[np.float64]
    rate: bool
    asked: bool


def metric_of(atlas: Atlas, rows: pl.DataFrame, name: str, *, must: bool = True) -> Metric:
    """The metric that ``name`` means: FIELD (a number, a score, yes and no) or FIELD=VALUE (the share of a value).

    Inferred values of facets do not count. Raises ClioscopeError for an unknown field, for texts without ``=VALUE`` and
    for a value that no record has.
    """
    import numpy as np

    field, equals, wanted = name.partition("=")
    place, values = column_of(atlas, rows, field.strip())
    asked = False
    if place == "facet":
        values, asked = _said_only(atlas, rows, field.strip(), values)
    if equals:
        return Metric(name, _is_value(atlas, field.strip(), values, wanted, must), True, asked)
    numbers = as_numbers(values)
    if numbers is None:
        examples = values.drop_nulls().cast(str).value_counts(sort=True)[values.name].to_list()
        raise ClioscopeError(
            f"{field} holds texts ({listed(examples, 5)}); say whose share is meant, for example {field}={examples[0]}."
        )
    known = numbers[np.isfinite(numbers)]
    if not len(known):
        raise ClioscopeError(f"{atlas.path}: no record has a value of {field}.")
    return Metric(name, numbers, bool(np.isin(known, (0, 1)).all()), asked)


def _said_only(atlas: Atlas, rows: pl.DataFrame, facet: str, values: pl.Series) -> tuple[pl.Series, bool]:
    """The values without those that are inferred, and whether there are such conversations."""
    import polars as pl

    kinds: dict[str, str] = {one["name"]: one["type"] for one in atlas.manifest["facets"]}
    if kinds.get(facet) not in ("text", "category", "score", "number") or "asked" not in atlas.facets.columns:
        return values, False
    _, told = column_of(atlas, rows, "asked")
    said = pl.select(pl.when(told.fill_null(False)).then(values)).to_series().rename(values.name)
    return said, not told.fill_null(False).all()


def _is_value(atlas: Atlas, field: str, values: pl.Series, wanted: str, must: bool) -> NDArray[np.float64]:
    """1 where the value is the wanted one, 0 where it is another, NaN where there is none."""
    import polars as pl

    steps: list[str] = next(
        (list(one.get("categories") or ()) for one in atlas.manifest["facets"] if one["name"] == field), []
    )
    text = values.cast(pl.String)
    if values.dtype.is_numeric() and steps:  # a score, stored as the number of its step
        text = text.replace({str(number): word for number, word in enumerate(steps, 1)})
        wanted = steps[int(wanted) - 1] if wanted.isdecimal() and 0 < int(wanted) <= len(steps) else wanted
    if (number := _number(wanted)) is not None and (numbers := as_numbers(values)) is not None and not steps:
        same: Any = pl.Series(numbers).fill_nan(None) == number
    else:
        same = text.str.strip_chars(" .").str.to_lowercase() == wanted.strip(" .").lower()
    if must and not same.any():
        there = text.drop_nulls().value_counts(sort=True)[text.name].to_list()
        raise ClioscopeError(f"{atlas.path}: no record has {field}={wanted}; the values are {listed(there, 8)}.")
    found: NDArray[np.float64] = same.cast(pl.Float64).to_numpy().astype(float)
    return found


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
