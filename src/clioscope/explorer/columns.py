"""Facets and metadata of each conversation as columns of small numbers, by which the page counts and colours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from clioscope.explorer.tables import beside, first_records
from clioscope.facets.computed import LENGTHS

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from clioscope.atlas import Atlas

MOST_VALUES = 200  # per column; rarer values are counted together
LENGTH_ORDER = [*(word for _, word in LENGTHS), "very long"]
_BINS = 8
_TAG_WORDS = 3  # a text facet with at most this many words is a tag, which can be counted


class Column(NamedTuple):
    """``codes`` (n,) are places in ``values``; ``len(values)`` means unknown.

    ``kind`` is ``nominal`` or ``ordinal`` (values in their order); ``type`` says what the values mean
    (``language``, ``score``, ``category``, ``tag``, ``number``, ``meta``, ``confidence``). If the last value is None,
    it stands for all rarer values.
    """

    name: str
    kind: str
    type: str
    values: list[str | None]
    codes: NDArray[np.integer[Any]]

    def header(self, array: str) -> dict[str, Any]:
        """The column as the page gets it; ``array`` names its codes."""
        return {"name": self.name, "kind": self.kind, "type": self.type, "values": self.values, "array": array}


def facet_columns(atlas: Atlas, rows: pl.DataFrame) -> Iterator[Column]:
    """Columns of the facets, the metadata and the confidence, for the conversations in ``rows``.

    ``rows`` has ``conversation``, ``margin`` and ``rare``. Text facets are included only as tags (a few words), and
    only with values that ``naming.support`` conversations share, since a unique value could identify a person.
    """
    facets = beside(rows, atlas.facets)
    support = int(atlas.manifest["settings"]["naming"]["support"])
    for facet in atlas.manifest["facets"]:
        name = facet["name"]
        if name not in facets.columns or name == "day":  # days are the page's time axis
            continue
        made = _facet_column(facet, facets[name], support)
        if made is not None:
            yield made
    yield from _metadata(atlas, rows)
    yield binned("confidence", "confidence", rows["margin"])
    if rows["rare"].any():
        yield coded("rare", "nominal", "category", rows["rare"].replace_strict({True: "rare"}, default=None))


def _facet_column(facet: dict[str, Any], values: pl.Series, support: int) -> Column | None:
    name, kind = facet["name"], facet["type"]
    if kind == "text":
        if facet["words"][1] > _TAG_WORDS:
            return None
        tags = values.str.strip_chars(" .").str.to_lowercase()
        column = coded(name, "nominal", "tag", tags, support)
        return column if column.values else None
    if kind in ("category", "score") and facet["categories"]:
        ordinal = "ordinal" if kind == "score" else "nominal"
        return coded(name, ordinal, kind, in_words(facet["categories"], values), order=facet["categories"])
    if kind in ("number", "score") or (values.dtype.is_numeric() and name != "hour"):
        return binned(name, "number" if kind != "score" else "score", values)
    if name == "hour":
        return coded(name, "ordinal", "hour", values, order=[str(hour) for hour in range(24)])
    if name == "length":
        return coded(name, "ordinal", "category", values, order=LENGTH_ORDER)
    return coded(name, "nominal", "language" if kind == "language" else "category", values)


def in_words(categories: Sequence[str], values: pl.Series) -> pl.Series:
    """Scores with named steps as the names of the steps. They are stored as the step's number, from 1."""
    import polars as pl

    text = values.cast(pl.String)
    return text.replace({str(place): word for place, word in enumerate(categories, 1)})


def _metadata(atlas: Atlas, rows: pl.DataFrame) -> Iterator[Column]:
    """One column per metadata field. A conversation with several records has the value of the first."""
    fields = [name for name in atlas.occurrences.columns if name.startswith("meta_")]
    if not fields:
        return
    known = first_records(atlas, rows, fields)
    taken = {"confidence", "rare", *atlas.facets.columns}
    for field in fields:
        name = field.removeprefix("meta_")
        yield coded(field if name in taken else name, "nominal", "meta", known[field])


def coded(
    name: str, kind: str, type_: str, values: pl.Series, support: int = 1, order: Sequence[str] | None = None
) -> Column:
    """A column with a dictionary of values, in ``order`` or the most frequent first.

    Values that fewer than ``support`` conversations have, and those after the 200 most frequent, are counted together.
    """
    import numpy as np
    import polars as pl

    text = values.cast(pl.String).rename("value")
    if order is None:
        counts = text.drop_nulls().value_counts(sort=False).sort(["count", "value"], descending=[True, False])
        enough = counts.filter(pl.col("count") >= support).head(MOST_VALUES)
        known: list[str] = enough["value"].to_list()
        gathered = counts.height > enough.height and bool(known)
    else:
        present = set(text.unique())
        known = [value for value in order if value in present]
        gathered = bool(present - set(known) - {None})
    shown: list[str | None] = [*known, None] if gathered else list(known)
    places = {value: place for place, value in enumerate(known)}
    coded_text = text.replace_strict(places, default=len(known), return_dtype=pl.UInt32)
    codes = np.where(text.is_null().to_numpy(), len(shown), coded_text.to_numpy())
    return Column(name, kind, type_, shown, codes)


def binned(name: str, type_: str, values: pl.Series) -> Column:
    """Numbers in at most eight bins of about equal size. If there are at most eight whole numbers, each is a bin."""
    import numpy as np
    import polars as pl

    numbers = values.cast(pl.Float64).to_numpy()
    there = np.isfinite(numbers)
    distinct = np.unique(numbers[there])
    if not len(distinct):
        return Column(name, "ordinal", type_, [], np.zeros(len(numbers), np.uint32))
    whole = bool((distinct == np.round(distinct)).all())
    if whole and len(distinct) <= _BINS:
        starts = distinct
        labels = [f"{number:g}" for number in distinct]
    else:
        cuts = np.quantile(numbers[there], np.linspace(0, 1, _BINS + 1)[1:-1])
        starts = np.unique(np.concatenate([distinct[:1], np.ceil(cuts) if whole else np.round(cuts, 2)]))
        starts = starts[(starts <= distinct[-1]) & (starts >= distinct[0])]
        labels = _ranges(starts, distinct[-1], whole)
    codes = np.searchsorted(starts, np.where(there, numbers, starts[0]), side="right") - 1
    return Column(name, "ordinal", type_, list(labels), np.where(there, np.maximum(codes, 0), len(labels)))


def _ranges(starts: NDArray[np.floating[Any]], last: float, whole: bool) -> list[str]:
    ends = [*starts[1:], last]
    if not whole:
        return [f"{start:.2f} – {end:.2f}" for start, end in zip(starts, ends, strict=True)]
    ends = [*(end - 1 for end in ends[:-1]), last]
    return [
        f"{start:.0f}" if start == end else f"{start:.0f} – {end:.0f}" for start, end in zip(starts, ends, strict=True)
    ]
