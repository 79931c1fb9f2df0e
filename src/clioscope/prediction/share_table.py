"""The shares of the values of facets in every group, as a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.prediction.shares import Sample, Shares

if TYPE_CHECKING:
    import polars as pl

    from clioscope.facets.facet import Facet

WHOLE = ""  # in place of a group: the whole atlas
_TEXTS = 10  # values of a text facet, the most frequent ones
_FEW = 12  # values of a computed facet that are counted, at most


class Known(NamedTuple):
    """What the stage ``infer`` found for n conversations (see ``filling``): ``facets``, ``probabilities``, ``values``,
    ``chances`` (n, k) and ``said`` (n, f), whose columns are the facets in the order of ``values``."""

    facets: pl.DataFrame
    probabilities: pl.DataFrame
    values: pl.DataFrame
    chances: NDArray[Any]
    said: NDArray[np.integer[Any]]


def share_table(
    known: Known, facets: Sequence[Facet], strata: NDArray[np.integer], groups: Mapping[str, Sequence[int]], weight: Any
) -> pl.DataFrame:
    """One row per group, facet and value: the share of the value with its 95 % interval (low, high).

    ``strata`` (n,): the base group of each conversation, 0 to k-1; ``groups``: the base groups that each group of the
    tree holds; ``weight`` (n,): how often each conversation came (of a segment, times its part of the conversation).
    Columns beside these: count, how many conversations the group holds; asked and inferred, of how many the value was
    said and inferred; exact, whether it is known of all. All of them count duplicates. A share is a part
    of ``count``, so what is not known is in no value, and the shares of a group may sum to less than 1. Scores,
    categories, languages and computed facets with at most twelve values are there, and the ten most frequent values of
    short texts.
    """
    import polars as pl

    weight = np.asarray(weight, np.float64)
    parts = {WHOLE: list(range(int(strata.max(initial=-1)) + 1)), **groups}
    held = {group: np.asarray(members, np.int64) for group, members in parts.items()}
    asked_facets = known.values["facet"].unique(maintain_order=True).to_list()
    rows: list[tuple[Any, ...]] = []
    for facet in facets:
        if facet.name in asked_facets:
            said = known.said[:, asked_facets.index(facet.name)]
            inferred = known.probabilities[facet.name].is_not_null().to_numpy()
            sizes = np.stack(
                [np.bincount(strata, weight * there, len(held[WHOLE])) for there in (1, said >= 0, inferred)], axis=1
            )
            for value, sample in _samples(known, facet, said, weight):
                shares = Shares(sample, strata).of_each(list(held.values()))
                for (group, members), share in zip(held.items(), shares, strict=True):
                    count, asked, filled = sizes[members].sum(axis=0)
                    if np.isfinite(share.share):
                        rows.append((group, facet.name, value, *share, count, asked, filled, bool(asked == count)))
        elif facet.name in known.facets.columns and not facet.asked:
            rows += _counted(known.facets[facet.name], facet, strata, held, weight)
    schema: dict[str, Any] = {"group": pl.String, "facet": pl.String, "value": pl.String}
    schema |= dict.fromkeys(("share", "low", "high"), pl.Float64)
    schema |= dict.fromkeys(("count", "asked", "inferred"), pl.Float64)
    table = pl.DataFrame(rows, schema=schema | {"exact": pl.Boolean}, orient="row")
    numbers = pl.col("count", "asked", "inferred")  # of segments, of which a conversation has several, sums of parts
    return table.with_columns(numbers.round().cast(pl.UInt32))


def _samples(
    known: Known, facet: Facet, said: NDArray[np.integer[Any]], weight: NDArray[np.float64]
) -> Iterator[tuple[str, Sample]]:
    """The values of an asked facet that are counted, each with what is known of it."""
    columns = known.values.filter(known.values["facet"] == facet.name)
    places = range(columns.height)
    if facet.type == "text":
        chances = known.chances[:, columns["column"].to_numpy()].astype(np.float64)
        chances[said >= 0] = said[said >= 0, None] == np.arange(columns.height)
        places = np.argsort(-(weight @ chances), kind="stable")[:_TEXTS].tolist()
    for place in places:
        own = np.where(said >= 0, (said == place).astype(np.float64), np.nan)
        chance = known.chances[:, columns["column"][place]].astype(np.float64)
        yield columns["value"][place], Sample(own, chance, weight)


def _counted(
    values: pl.Series,
    facet: Facet,
    strata: NDArray[np.integer],
    held: Mapping[str, NDArray[np.int64]],
    weight: NDArray[np.float64],
) -> Iterator[tuple[Any, ...]]:
    """The rows of a facet that is known of all conversations, by counting."""
    import polars as pl

    text = values.cast(pl.String)
    names = text.drop_nulls().unique().sort().to_list()
    if not names or (facet.type == "computed" and len(names) > _FEW):
        return
    codes = (
        text.replace_strict(names, np.arange(len(names)), default=-1, return_dtype=pl.Int64).fill_null(-1).to_numpy()
    )
    width, base = len(names) + 1, len(held[WHOLE])
    table = np.bincount(strata * width + codes + 1, weight, base * width).reshape(base, width)
    for group, members in held.items():
        counts = table[members].sum(axis=0)
        known, whole = counts[1:].sum(), counts.sum()
        for name, count in zip(names, counts[1:], strict=True):
            if count:
                yield (group, facet.name, name, *(3 * (count / whole,)), whole, known, 0, True)


def predicted_groups(
    known: Known, strata: NDArray[np.integer], groups: Mapping[str, Sequence[int]], told: Sequence[str]
) -> pl.DataFrame:
    """How often the likeliest value, predicted without the answer, was the one that was said: group, facet, right (a
    share), n (how many were asked); for the facets in ``told``, whose predictions hang on the conversation."""
    import polars as pl

    rows = []
    for place, facet in enumerate(known.values["facet"].unique(maintain_order=True).to_list()):
        if facet not in told:
            continue
        columns = known.values.filter(known.values["facet"] == facet)["column"].to_numpy()
        chances = known.chances[:, columns].astype(np.float64)
        whole = np.concatenate([chances, 1 - chances.sum(axis=1, keepdims=True)], axis=1)
        said = known.said[:, place]
        right, base = whole.argmax(axis=1) == said, int(strata.max(initial=-1)) + 1
        told_of, right_of = (np.bincount(strata, there, base) for there in (said >= 0, right & (said >= 0)))
        for group, members in groups.items():
            number = told_of[members].sum()
            if number:
                rows.append((group, facet, float(right_of[members].sum() / number), int(number)))
    schema = {"group": pl.String, "facet": pl.String, "right": pl.Float64, "n": pl.UInt32}
    return pl.DataFrame(rows, schema=schema, orient="row")
