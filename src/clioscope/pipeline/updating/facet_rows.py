"""The facets of an updated atlas: what was said of new conversations, and what is inferred of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from clioscope.atlas.files import read_array
from clioscope.pipeline.updating.placing import raw_vectors
from clioscope.pipeline.updating.rows import Rows, read
from clioscope.prediction.copies import near_copies
from clioscope.prediction.filling import Filled, fill

if TYPE_CHECKING:
    import polars as pl

    from clioscope.facets.facet import Facet
    from clioscope.settings import Category


def filled_rows(
    folder: Path,
    rows: Rows,
    answers: pl.DataFrame,
    asked: Sequence[bool],
    raw: NDArray[np.float16],
    facets: Sequence[Facet],
    copies: NDArray[np.int64],
    encode: Callable[[Sequence[str]], NDArray[np.float32]],
) -> Filled:
    """The tables of facets of all rows.

    ``answers`` are the answers about the new rows, ``asked`` (n,) says which of these the model was asked about, and
    ``raw`` (n, d) are the vectors of their texts. ``copies`` says which row stands for each of all rows. What is
    inferred of the rows of the atlas stays, unless new answers teach something.
    """
    import polars as pl

    old = read(folder, "facets")
    new = answers.with_columns(pl.Series("asked", list(asked), dtype=pl.Boolean))
    kinds = [facet for facet in facets if facet.asked]
    table = rows.table(old, new)
    known = np.flatnonzero(old["asked"].to_numpy())
    if any(asked):
        return fill(only_said(table, kinds), kinds, rows.array(raw_vectors(folder), raw), copies, encode)
    before = _stored(folder)
    if not len(known) or not kinds:
        return _with_nothing(rows, before, table, len(new))
    some = pl.concat([only_said(old[known], kinds), new], how="diagonal_relaxed").select(old.columns)
    some = some.cast({name: kind for name, kind in old.schema.items() if kind != pl.Null})
    texts = np.concatenate([raw_vectors(folder)[known], raw])
    made = fill(some, kinds, texts, near_copies(texts), encode)
    if not made.values.equals(before.values):
        return fill(only_said(table, kinds), kinds, rows.array(raw_vectors(folder), raw), copies, encode)
    own = slice(len(known), None)
    return Filled(
        rows.table(old, made.facets[own]),
        rows.table(before.probabilities, made.probabilities[own]),
        before.values,
        rows.array(before.chances, made.chances[own]),
        rows.array(before.said, made.said[own]),
        before.prediction,
    )


def with_categories(
    facets: pl.DataFrame,
    values: pl.DataFrame,
    new: NDArray[np.int64],
    answers: pl.DataFrame,
    codes: Sequence[str | None],
    categories: Sequence[Category],
) -> pl.DataFrame:
    """The table ``facets`` in which the given category of the ``new`` rows (n,) is that of their groups, by ``codes``
    (n), as in a build; where the model has answered, it is so already.

    ``values`` has the values of each facet that the atlas knows; others stay unsaid.
    """
    import polars as pl

    from clioscope.facets.given import GIVEN, category_answers

    if GIVEN not in facets.columns:
        return facets
    names = {code: name for name, code in category_answers(categories).items()}
    known = set(values.filter(values["facet"] == GIVEN)["value"])
    said = answers[GIVEN].to_list() if GIVEN in answers.columns else [None] * len(codes)
    column = facets[GIVEN].to_list()
    for row, code, answer in zip(new.tolist(), codes, said, strict=True):
        if answer is None:
            name = names.get(code)
            column[row] = name if name in known else None
    return facets.with_columns(pl.Series(GIVEN, column, dtype=facets.schema[GIVEN]))


def _stored(folder: Path) -> Filled:
    tables = {name: read(folder, name) for name in ("facets", "probabilities", "values", "prediction")}
    return Filled(chances=read_array(folder, "chances"), said=read_array(folder, "said"), **tables)


def _with_nothing(rows: Rows, before: Filled, table: pl.DataFrame, count: int) -> Filled:
    """Where nothing is inferred of the new rows."""
    ids: Any = table["conversation"].gather(rows.new)
    return before._replace(
        facets=table,
        probabilities=rows.table(before.probabilities, ids.to_frame()),
        chances=rows.array(before.chances, np.zeros((count, before.chances.shape[1]), before.chances.dtype)),
        said=rows.array(before.said, np.full((count, before.said.shape[1]), -1, before.said.dtype)),
    )


def only_said(table: pl.DataFrame, facets: Sequence[Facet]) -> pl.DataFrame:
    """The facets without those that were inferred."""
    import polars as pl

    return table.with_columns(pl.when("asked").then(pl.col(facet.name)) for facet in facets if facet.name in table)
