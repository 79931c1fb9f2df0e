"""The shares of facet values on both sides, in the whole and in groups that are the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from clioscope.atlas.shares import WHOLE, shares_of
from clioscope.atlas.summary import facet_counts
from clioscope.comparison.intervals import Share, difference, widened, wilson
from clioscope.comparison.sides import Side
from clioscope.comparison.spread import kish_by_group
from clioscope.statistics.significance import corrected

if TYPE_CHECKING:
    from clioscope.atlas import Atlas

FACETS = pl.DataFrame(
    schema={
        **dict.fromkeys(("group", "group_before", "facet", "value"), pl.String),
        **dict.fromkeys(("share_before", "low_before", "high_before", "share", "low", "high"), pl.Float64),
        **dict.fromkeys(("change", "change_low", "change_high", "p", "q"), pl.Float64),
        **dict.fromkeys(("asked_before", "asked"), pl.Int64),
        "differs": pl.Boolean,
    }
)
_OPEN = ("text", "computed")  # only their most frequent values are in the table, so a missing one is not none at all
Told = dict[tuple[str, str], dict[str, dict[str, Any]]]  # by group and facet, then by value


def facet_changes(before: Side, after: Side, pairs: Sequence[tuple[str, str]], rate: float) -> pl.DataFrame:
    """One row per pair of groups (first the whole of both sides, ids empty), facet and value that both sides tell:
    group, group_before, facet, value; share_before and share with 95 % intervals; change with its interval, p and q;
    asked_before and asked (of how many conversations a model was asked, null where all are known); differs (q is at
    most ``rate``). q is corrected over the whole, and over all groups of the table.

    What a published atlas withholds is in no row: it is not taken for none. Facets with other questions are left out.
    """
    facets = comparable(before.atlas, after.atlas)
    tables = [_known(side, facets) for side in (before, after)]
    worths = kish_by_group(before), kish_by_group(after)
    for worth, side in zip(worths, (before, after), strict=True):
        worth.setdefault(WHOLE, side.total)
    published = before.atlas.published or after.atlas.published
    rows: list[tuple[Any, ...]] = []
    for old, new in ((WHOLE, WHOLE), *pairs):
        for facet, kind in facets.items():
            told = [table.get((group, facet), {}) for table, group in zip(tables, (old, new), strict=True)]
            for value in _values(told, whole=kind not in _OPEN and not published):
                found = [
                    _share(told[place].get(value), worths[place].get(group, 0.0))
                    for place, group in enumerate((old, new))
                ]
                ends = [end for one, _ in found for end in one[:3]]
                tested = difference(found[0][0], found[1][0])
                rows.append((new, old, facet, value, *ends, *tested, None, found[0][1], found[1][1], None))
    table = pl.DataFrame(rows, schema=FACETS.schema, orient="row")
    parts = [table.filter(pl.col("group") == WHOLE), table.filter(pl.col("group") != WHOLE)]
    parts = [part.with_columns(q=corrected(part["p"].to_numpy().astype(np.float64))) for part in parts]
    return pl.concat(parts).with_columns(pl.col("q").fill_nan(None), differs=pl.col("q") <= rate)


def comparable(before: Atlas, after: Atlas) -> dict[str, str]:
    """The facets that both atlases have with the same question and answers, each with its type."""
    first = {facet["name"]: facet for facet in before.manifest["facets"]}
    found = {}
    for facet in after.manifest["facets"]:
        other = first.get(facet["name"])
        if other and all(facet.get(key) == other.get(key) for key in ("type", "question", "categories")):
            found[str(facet["name"])] = str(facet["type"])
    return found


def _known(side: Side, facets: dict[str, str]) -> Told:
    """What a side tells of each value: share, low, high, and asked where a model was asked about a part only."""
    table = shares_of(side.atlas)
    found: Told = {}
    if table is None:
        counted = facet_counts(side.atlas).drop_nulls("value")
        for row in counted.filter(pl.col("facet").is_in(list(facets))).iter_rows(named=True):
            share = min(1.0, row["count"] / max(side.sizes[row["group"]], 1))
            kept: dict[str, Any] = dict.fromkeys(("share", "low", "high"), share)
            found.setdefault((row["group"], row["facet"]), {})[row["value"]] = kept
        return found
    for row in table.filter(pl.col("facet").is_in(list(facets))).iter_rows(named=True):
        asked = None if row.get("exact", row["low"] == row["high"]) else row.get("asked")
        kept = {name: row[name] for name in ("share", "low", "high")} | {"asked": asked}
        found.setdefault((row["group"], row["facet"]), {})[row["value"]] = kept
    return found


def _values(told: Sequence[dict[str, Any]], whole: bool) -> Iterator[str]:
    """The values that can be compared: those that both sides tell; where each tells all of them (``whole``) also those
    that one of them does not have."""
    if not told[0] or not told[1]:
        return
    yield from (value for value in told[1] if value in told[0])
    if whole:
        yield from (value for value in (*told[1], *told[0]) if (value in told[0]) != (value in told[1]))


def _share(row: dict[str, Any] | None, worth: float) -> tuple[Share, int | None]:
    """A share with the interval of who happens to be in the data and of what was inferred, and how many were asked."""
    if row is None:
        return wilson(0.0, worth), None
    return widened(wilson(row["share"], worth), row["low"], row["high"]), row.get("asked")
