"""The facets of all conversations, as tables: what was said, what is inferred, and how far that can be trusted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.prediction.classifier import along_axes
from clioscope.prediction.same_values import Encoded
from clioscope.prediction.trust import trust_rows
from clioscope.prediction.values import Values, countable, infer_numbers, infer_values

if TYPE_CHECKING:
    import polars as pl

    from clioscope.facets.facet import Facet


class Filled(NamedTuple):
    """``facets``: one row per conversation, with inferred values where the model was not asked. ``probabilities``:
    conversation, and one column per asked facet with the probability of an inferred value, null for any other.

    ``values``: one row per value that can be counted (facet, value, column); ``chances`` (n, k) float16, by ``column``:
    the probability of each, for an asked conversation as predicted without its own answer. ``said`` (n, f) int16, one
    column per facet in the order of ``values``: the place of the value that was said among those of the facet, their
    number for another one, -1 for none. ``prediction``: what the report card says of the predictions (see ``trust``).
    """

    facets: pl.DataFrame
    probabilities: pl.DataFrame
    values: pl.DataFrame
    chances: NDArray[np.float16]
    said: NDArray[np.int16]
    prediction: pl.DataFrame


def fill(
    table: pl.DataFrame,
    facets: Sequence[Facet],
    texts: NDArray[Any],
    copies: NDArray[np.int64],
    encode: Encoded | None,
    settled: Mapping[str, Sequence[str | None]] | None = None,
) -> Filled:
    """What was said, filled up with what is likely, for conversations that were not asked.

    ``table``: one row per conversation with the column ``asked`` and those of the ``facets``, which the model answers;
    ``texts`` (n, d): vectors of the raw texts in the same order; ``copies`` (n,): the row that stands for each, as
    ``near_copies`` tells. If all were asked, nothing is inferred.

    ``settled`` has the values (n) of facets that another part of the build decides, by the name of the facet. Every
    conversation without an answer gets these, in place of the likeliest ones.
    """
    import polars as pl

    probabilities: dict[str, Any] = {"conversation": table["conversation"]}
    named: list[tuple[str, str]] = []
    chances: list[NDArray[np.float32]] = []
    said: list[NDArray[np.int64]] = []
    trust: list[tuple[Any, ...]] = []
    open_rows = np.flatnonzero(~table["asked"].to_numpy())
    asked = np.flatnonzero(table["asked"].to_numpy())
    if len(open_rows) and len(asked):
        texts = along_axes(texts, asked)
    for facet in facets:
        likely = np.full(table.height, np.nan)
        if facet.name in table.columns and countable(facet):
            answers = table[facet.name].to_list()
            values = infer_values(facet, answers, texts, copies, encode, learn=len(open_rows) > 0)
            inferred, rows = values.inferred, open_rows
            if settled is not None and facet.name in settled:
                place = {name: number for number, name in enumerate(values.names)}
                inferred = np.array([place.get(str(value), -1) for value in settled[facet.name]])
                rows = np.flatnonzero(values.said < 0)
            rows = rows[inferred[rows] >= 0]
            likely[rows] = values.chances[rows, inferred[rows]]
            table = _put(table, facet.name, rows, [values.names[place] for place in inferred[rows]])
            named += [(facet.name, name) for name in values.names]
            if values.names:
                chances.append(values.chances)
                said.append(values.said)
            trust += _trust(facet.name, values, texts, copies) if len(open_rows) else []
        elif facet.name in table.columns and facet.type == "number" and len(open_rows):
            numbers = infer_numbers(table[facet.name].to_list(), texts, open_rows)
            if numbers is not None:
                table = _put(table, facet.name, open_rows, numbers[0].tolist())
                likely[open_rows] = numbers[1]
        probabilities[facet.name] = pl.Series(likely, dtype=pl.Float64).fill_nan(None)
    return Filled(
        table,
        pl.DataFrame(probabilities),
        pl.DataFrame(
            [(*name, column) for column, name in enumerate(named)],
            schema={"facet": pl.String, "value": pl.String, "column": pl.UInt32},
            orient="row",
        ),
        np.concatenate([*chances, np.zeros((table.height, 0), np.float32)], axis=1).astype(np.float16),
        np.stack([*said], axis=1).astype(np.int16) if said else np.zeros((table.height, 0), np.int16),
        pl.DataFrame(
            trust,
            schema={"facet": pl.String, "figure": pl.String, "part": pl.Float64, "value": pl.Float64, "n": pl.UInt32},
            orient="row",
        ),
    )


def _put(table: pl.DataFrame, name: str, rows: NDArray[np.integer], values: Sequence[Any]) -> pl.DataFrame:
    """The table with other values in some rows of a column, whose type stays."""
    import polars as pl

    column = table[name]
    if not len(rows):
        return table
    new = pl.Series(values).cast(column.dtype if column.dtype != pl.Null else pl.String)
    return table.with_columns(column.cast(new.dtype).scatter(rows, new).alias(name))


def _trust(name: str, values: Values, texts: NDArray[Any], copies: NDArray[np.int64]) -> list[tuple[Any, ...]]:
    if not values.told:
        return []
    known = np.flatnonzero(values.said >= 0)
    whole = np.concatenate([values.chances[known], 1 - values.chances[known].sum(axis=1, keepdims=True)], axis=1)
    return [(name, *row) for row in trust_rows(values.said[known], whole, values.bound, texts[known], copies[known])]
